import {add, cast, greater, sigmoid, sub, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';

/**
 * 1 where the logit is > 0, else 0; NaN where the logit is NaN.
 *
 * Inputs: `logits`, any shape. Output: shaped like `logits`.
 */
export const binaryMode = defineOp({
  kernelName: 'DiscreteBinaryMode',
  shape: ({logits}) => logits.shape,
  composed: ({logits}: {logits: Tensor}) => {
    const probability = sigmoid(logits);
    return add(cast(greater(logits, 0), 'float32'), sub(probability, probability)) as Tensor;
  },
});
