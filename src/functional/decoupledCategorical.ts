import type {Tensor} from '@tensorflow/tfjs-core';
import {checkReal} from './asFloat32.js';
import {resolveSampling, type SamplingArgs} from './samplingArgs.js';
import {straightThrough} from './straightThrough.js';
import {invalid} from './validate.js';

/**
 * Samples one category per row; gradients flow as if the sample were a softmax.
 *
 * Forward: `z = oneHot(k)` with `P(k) = softmax(logits / forwardTemperature)[k]`; at temperature 0, the largest logit.
 * Backward: `dL/dlogits = J^T dL/dz` with `J = (diag(p) - p p^T) / tb`, `p = softmax(logits / tb)`, `tb = backwardTemperature`.
 *
 * @param logits Unnormalised log-probabilities (nats), `[...batch, categories]`. -Infinity masks a category.
 * @returns Exact zeros and ones (a relaxed value for `gumbelSoftmax`), `float32`, shaped like `logits`.
 * @throws If an option is unknown or out of range, or the logits are complex or strings; in development also if a logit is NaN
 *   or +Infinity, or a whole row is -Infinity.
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
  const owner = 'decoupledCategorical';
  const sampling = resolveSampling(owner, 'categorical', args);
  checkReal(owner, 'logits', logits);
  if (logits.rank === 0) throw invalid(owner, 'logits', 'of shape [...batch, categories]', logits.shape);
  return straightThrough(logits, sampling);
}
