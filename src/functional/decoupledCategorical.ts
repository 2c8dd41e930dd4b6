import type {Tensor} from '@tensorflow/tfjs-core';
import {resolveSampling, type SamplingArgs} from './samplingArgs.js';
import {straightThrough} from './straightThrough.js';

/**
 * Draws one category a row and back-propagates as if it had been a softmax.
 *
 * Forward: z ~ Categorical(softmax(logits / forwardTemperature)).
 * Backward: J(tb)^T dz with J(tb) = (diag(p) - p p^T) / tb, p = softmax(logits / tb), tb = backwardTemperature.
 *
 * @param logits Unnormalised log-probabilities (nats), `[...batch, categories]`. -Infinity masks a category.
 * @returns Exact zeros and ones (a relaxed value for `gumbelSoftmax`), `float32`, shaped like `logits`.
 * @throws when a temperature or the estimator does not fit; in development also when a logit is NaN or +Infinity,
 *   or all of a row are -Infinity.
 * @see Shah et al., "Improving Discrete Optimisation Via Decoupled Straight-Through Estimator",
 *   arXiv:2410.13331, section 4.
 * @example
 * const z = functional.decoupledCategorical(tf.tensor2d([[1, 2, 3]]), {
 *   forwardTemperature: 0.5,
 *   backwardTemperature: 1,
 *   seed: 7,
 * });
 * z.print(); // one 1 among zeros
 */
export function decoupledCategorical(logits: Tensor, args: SamplingArgs): Tensor {
  return straightThrough(logits, resolveSampling('decoupledCategorical', 'categorical', args));
}
