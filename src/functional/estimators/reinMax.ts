import {add, div, mul, sigmoid, softmax, sub, type Tensor} from '@tensorflow/tfjs-core';
import {
  jacobianProductAt,
  sampleBinary,
  sampleCategory,
  sigmoidJacobianProduct,
  softmaxJacobianProduct,
} from '../../kernels/index.js';
import type {Estimator} from './Estimator.js';

/**
 * ReinMax on the scaled logits l / t: exact in expectation for a quadratic loss.
 *
 * Forward: z ~ Categorical(p) with p = softmax(l / t).
 * Backward: dL/dl = (2 J1 - J0 / 2)^T dL/dz / t, where J(q) = diag(q) - q q^T, J1 = J((z + p) / 2), J0 = J(p).
 *
 * At t = 1 this is the published estimator. The published temperature smooths J1 alone and leaves the
 * sample at 1; here it scales the logits of both, so that the sample is at t and the estimator stays of second
 * order for that distribution.
 *
 * @see Liu et al., "Bridging Discrete and Backpropagation: Straight-Through and Beyond", arXiv:2304.08612.
 */
export const reinMax: Estimator = {
  id: 'reinMax',
  temperatures: 'one',
  lowestTemperature: 1,
  categorical: {
    forward: (logits, {forward}, key) => {
      const value = sampleCategory({logits}, {temperature: forward, ...key});
      return {value, residuals: [value]};
    },
    backward: (dy, {logits, residuals, temperatures: {backward}}) => {
      const midpoint = div(add(residuals[0] as Tensor, softmax(div(logits, backward))), 2);
      const second = mul(jacobianProductAt(midpoint, dy), 2 / backward);
      return sub(second, div(softmaxJacobianProduct({dy, logits}, {temperature: backward}), 2));
    },
  },
  binary: {
    forward: (logits, {forward}, key) => {
      const value = sampleBinary({logits}, {temperature: forward, ...key});
      return {value, residuals: [value]};
    },
    backward: (dy, {logits, residuals, temperatures: {backward}}) => {
      const midpoint = div(add(residuals[0] as Tensor, sigmoid(div(logits, backward))), 2);
      const second = mul(mul(mul(midpoint, sub(1, midpoint)), dy), 2 / backward);
      return sub(second, div(sigmoidJacobianProduct({dy, logits}, {temperature: backward}), 2));
    },
  },
};
