import {div, max, mul, softmax, sub, sum, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';

/**
 * J(t)^T dy with J(t) = (diag(p) - p p^T) / t and p = softmax(logits / t).
 *
 * Inputs: `dy`, the gradient with respect to p, and `logits`, both `[...batch, categories]`. Attributes: `temperature`, t.
 * Output: the gradient with respect to the logits.
 */
export const softmaxJacobianProduct = defineOp({
  kernelName: 'DiscreteSoftmaxJacobianProduct',
  shape: ({logits}) => logits.shape,
  composed: ({dy, logits}: {dy: Tensor; logits: Tensor}, {temperature}: {temperature: number}) => {
    const probabilities = softmax(div(sub(logits, max(logits, -1, true)), temperature));
    return div(jacobianProductAt(probabilities, dy), temperature) as Tensor;
  },
});

/**
 * (diag(p) - p p^T) dy at given probabilities.
 *
 * A constant added to dy changes nothing. Taking off the mean first, and then what rounding left of it,
 * keeps the digits where one category has nearly all the probability.
 */
export function jacobianProductAt(probabilities: Tensor, dy: Tensor): Tensor {
  const centred = sub(dy, sum(mul(probabilities, dy), -1, true));
  return mul(probabilities, sub(centred, sum(mul(probabilities, centred), -1, true)));
}
