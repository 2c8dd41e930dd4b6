import type {Tensor} from '@tensorflow/tfjs-core';
import {resolveSampling, type SamplingArgs} from './samplingArgs.js';
import {straightThrough} from './straightThrough.js';

/**
 * Draws one bit a logit and back-propagates as if it had been a sigmoid.
 *
 * Forward: z ~ Bernoulli(sigmoid(logits / forwardTemperature)).
 * Backward: dz sigmoid'(logits / tb) / tb with tb = backwardTemperature.
 *
 * @param logits Log-odds (nats) of a one, any shape.
 * @returns Exact zeros and ones (a relaxed value for `gumbelSoftmax`), `float32`, shaped like `logits`.
 * @throws when a temperature, the estimator or the seed does not fit; in development also when a logit is NaN.
 * @see Shah et al., arXiv:2410.13331, section 5.1.1.
 * @example
 * const logits = tf.tensor1d([-2, 0, 2]);
 * const z = functional.stochasticBinary(logits, {forwardTemperature: 0.1, backwardTemperature: 0.7, seed: 7});
 */
export function stochasticBinary(logits: Tensor, args: SamplingArgs): Tensor {
  return straightThrough(logits, resolveSampling('stochasticBinary', 'binary', args));
}
