import {add, cast, div, less, sigmoid, sub, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';
import type {RandomKey} from '../pcg4d.js';
import {uniform} from './uniform.js';

/**
 * 1 with probability sigmoid(logit / temperature), else 0; NaN where the logit is NaN.
 *
 * Inputs: `logits`, any shape. Attributes: `temperature`, finite and > 0, and the key. Output: shaped like `logits`.
 */
export const sampleBinary = defineOp({
  kernelName: 'DiscreteSampleBinary',
  shape: ({logits}) => logits.shape,
  composed: ({logits}: {logits: Tensor}, {temperature, ...key}: {temperature: number} & RandomKey) => {
    const probability = sigmoid(div(logits, temperature));
    const ones = cast(less(uniform({}, {...key, shape: logits.shape}), probability), 'float32');
    return add(ones, sub(probability, probability)) as Tensor;
  },
});
