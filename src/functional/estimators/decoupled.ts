import {
  binaryMode,
  categoryMode,
  gateLogitsGradient,
  gateMixture,
  sampleBinary,
  sampleCategory,
  sampleGates,
  sigmoidJacobianProduct,
  softmaxJacobianProduct,
} from '../../kernels/index.js';
import type {Estimator} from './Estimator.js';

/**
 * Decoupled Straight-Through, the default.
 *
 * Forward: z ~ Categorical(softmax(l / tf)); tf = 0 takes argmax l.
 * Backward: dL/dl = J(tb)^T dL/dz with J(tb) = (diag(p) - p p^T) / tb and p = softmax(l / tb).
 *
 * @see Shah et al., "Improving Discrete Optimisation Via Decoupled Straight-Through Estimator",
 *   arXiv:2410.13331, section 4.
 */
export const decoupled: Estimator = {
  id: 'decoupled',
  temperatures: 'both',
  categorical: {
    forward: (logits, {forward}, key) => ({
      value:
        forward === 0 ? categoryMode({logits}) : sampleCategory({logits}, {temperature: forward, ...key}),
    }),
    backward: (dy, {logits, temperatures}) =>
      softmaxJacobianProduct({dy, logits}, {temperature: temperatures.backward}),
    jacobianAt: ({logits}) => logits,
  },
  binary: {
    forward: (logits, {forward}, key) => ({
      value: forward === 0 ? binaryMode({logits}) : sampleBinary({logits}, {temperature: forward, ...key}),
    }),
    backward: (dy, {logits, temperatures}) =>
      sigmoidJacobianProduct({dy, logits}, {temperature: temperatures.backward}),
  },
  gate: {
    forward: (logits, {forward}, key) => ({
      value:
        forward === 0
          ? gateMixture(categoryMode({logits}))
          : sampleGates({logits}, {temperature: forward, ...key}),
    }),
    backward: (dy, {logits, temperatures}) =>
      gateLogitsGradient({sums: dy, logits}, {temperature: temperatures.backward}),
    jacobianAt: ({logits}) => logits,
  },
};
