import {div, mul, neg, sigmoid, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';

/**
 * dy sigmoid'(logit / t) / t, exact in both tails.
 *
 * Inputs: `dy` and `logits`, of one shape. Attributes: `temperature`, t. Output: shaped like `logits`.
 */
export const sigmoidJacobianProduct = defineOp({
  kernelName: 'DiscreteSigmoidJacobianProduct',
  shape: ({logits}) => logits.shape,
  composed: ({dy, logits}: {dy: Tensor; logits: Tensor}, {temperature}: {temperature: number}) => {
    const scaled = div(logits, temperature);
    return mul(dy, div(mul(sigmoid(scaled), sigmoid(neg(scaled))), temperature)) as Tensor;
  },
});
