import {add, div, sigmoid, softmax} from '@tensorflow/tfjs-core';
import {sigmoidJacobianProduct, softmaxJacobianProduct} from '../../kernels/index.js';
import {gumbelNoise, logisticNoise} from '../random.js';
import type {Estimator} from './Estimator.js';

/**
 * Gumbel-softmax, the relaxation itself: no sample, a soft forward value and its own gradient.
 *
 * Forward: softmax((l + g) / t). Backward: its Jacobian.
 *
 * @see Jang et al., arXiv:1611.01144, equation 2; Maddison et al., arXiv:1611.00712.
 */
export const gumbelSoftmax: Estimator = {
  id: 'gumbelSoftmax',
  temperatures: 'one',
  categorical: {
    forward: (logits, {forward}, key) => {
      const noisy = add(logits, gumbelNoise(logits.shape, key));
      return {value: softmax(div(noisy, forward)), residuals: [noisy]};
    },
    backward: (dy, {residuals, temperatures}) =>
      softmaxJacobianProduct({dy, logits: residuals[0]!}, {temperature: temperatures.backward}),
  },
  binary: {
    forward: (logits, {forward}, key) => {
      const noisy = add(logits, logisticNoise(logits.shape, key));
      return {value: sigmoid(div(noisy, forward)), residuals: [noisy]};
    },
    backward: (dy, {residuals, temperatures}) =>
      sigmoidJacobianProduct({dy, logits: residuals[0]!}, {temperature: temperatures.backward}),
  },
};
