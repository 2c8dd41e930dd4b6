import type {Tensor} from '@tensorflow/tfjs-core';
import {
  composedCategoryMode,
  composedSampleCategory,
  composedSoftmaxJacobianProduct,
} from './composed/categorical.js';
import type {RandomKey} from './pcg4d.js';
import {runKernel} from './run.js';

export {jacobianProductAt} from './composed/categorical.js';

/**
 * One-hot of a category drawn with probability softmax(logits / temperature). A row that holds NaN comes out
 * as NaN.
 *
 * @param logits `[...batch, categories]`.
 * @param temperature Finite and > 0.
 * @returns Exact zeros and ones, `float32`, shaped like `logits`.
 */
export function sampleCategory(logits: Tensor, temperature: number, key: RandomKey): Tensor {
  return runKernel('DiscreteDrawCategory', {logits}, {temperature, ...key}, () =>
    composedSampleCategory(logits, temperature, key),
  );
}

/** One-hot of the largest logit, the first of equals. A row that holds NaN comes out as NaN. */
export function categoryMode(logits: Tensor): Tensor {
  return runKernel('DiscreteMostLikelyCategory', {logits}, {}, () => composedCategoryMode(logits));
}

/**
 * J(t)^T dy with J(t) = (diag(p) - p p^T) / t and p = softmax(logits / t).
 *
 * @param dy Gradient with respect to the probabilities, shaped like `logits`.
 * @returns Gradient with respect to the logits.
 */
export function softmaxJacobianProduct(dy: Tensor, logits: Tensor, temperature: number): Tensor {
  return runKernel('DiscreteSoftmaxJacobianProduct', {dy, logits}, {temperature}, () =>
    composedSoftmaxJacobianProduct(dy, logits, temperature),
  );
}
