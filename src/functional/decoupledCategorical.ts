import type {Tensor} from '@tensorflow/tfjs-core';
import {resolveEstimator} from './estimators/index.js';
import {type RandomKey, toRandomKey} from './random.js';
import {straightThrough} from './straightThrough.js';
import {resolveTemperatures, type TemperatureArgs} from './temperatures.js';

/** Arguments of the functional forms: everything random or tunable. */
export interface DrawArgs extends TemperatureArgs {
  /** Id of a built-in or registered estimator. Default `decoupled`. */
  estimator?: string;
  /** The same seed repeats the same draw. */
  seed: number | RandomKey;
  /** Called in each backward pass with dL/dlogits; it must not dispose it. */
  onGradient?: (dlogits: Tensor) => void;
}

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
 */
export function decoupledCategorical(logits: Tensor, args: DrawArgs): Tensor {
  const owner = 'decoupledCategorical';
  const estimator = resolveEstimator(owner, args.estimator ?? 'decoupled', 'categorical');
  return straightThrough(logits, {
    owner,
    unit: 'categorical',
    estimator,
    temperatures: resolveTemperatures(owner, estimator, args),
    key: toRandomKey(owner, args.seed),
    onGradient: args.onGradient,
  });
}
