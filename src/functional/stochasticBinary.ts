import type {Tensor} from '@tensorflow/tfjs-core';
import {resolveSampling, type SamplingArgs} from './samplingArgs.js';
import {straightThrough} from './straightThrough.js';

/**
 * Samples one bit per logit; gradients flow as if the sample were a sigmoid.
 *
 * Forward: `P(z = 1) = sigmoid(logits / forwardTemperature)`; at temperature 0, 1 where the logit is > 0.
 * Backward: `dL/dlogits = dL/dz sigmoid'(logits / tb) / tb` with `tb = backwardTemperature`.
 *
 * @param logits Log-odds (nats) of a one, any shape.
 * @returns Exact zeros and ones (a relaxed value for `gumbelSoftmax`), `float32`, shaped like `logits`.
 * @throws If an option is unknown or out of range, or the logits are complex or strings; in development also if a logit is NaN.
 * @see Shah et al., arXiv:2410.13331, section 5.1.1.
 * @example
 * const logits = tf.tensor1d([-2, 0, 2]);
 * const z = functional.stochasticBinary(logits, {forwardTemperature: 0.1, backwardTemperature: 0.7, seed: 7});
 */
export function stochasticBinary(logits: Tensor, args: SamplingArgs): Tensor {
  return straightThrough(logits, resolveSampling('stochasticBinary', 'binary', args));
}
