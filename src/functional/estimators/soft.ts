import {div, softmax} from '@tensorflow/tfjs-core';
import {softmaxJacobianProduct} from '../../kernels/index.js';
import type {Estimator} from './Estimator.js';

/**
 * Differentiable logic gates as difflogic trains them: the mixture of all sixteen gates at
 * softmax(w / t), no sample, its own gradient. For logic gates only.
 *
 * @see Petersen et al., "Deep Differentiable Logic Gate Networks", arXiv:2210.08277, section 3.
 */
export const soft: Estimator = {
  id: 'soft',
  temperatures: 'one',
  units: ['gate'],
  categorical: {
    forward: (logits, {forward}) => ({value: softmax(div(logits, forward))}),
    backward: (dy, {logits, temperatures}) =>
      softmaxJacobianProduct({dy, logits}, {temperature: temperatures.backward}),
    jacobianAt: ({logits}) => logits,
  },
};
