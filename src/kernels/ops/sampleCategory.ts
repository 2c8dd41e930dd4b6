import {
  add,
  cast,
  cumsum,
  div,
  exp,
  lessEqual,
  max,
  minimum,
  mul,
  scalar,
  slice,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';
import type {RandomKey} from '../pcg4d.js';
import {oneHotRows} from './oneHotRows.js';
import {nanUnlessPositive} from './rowsWithoutDistribution.js';
import {uniform} from './uniform.js';

/**
 * One-hot of a category sampled with probability softmax(logits / temperature), by inverting the cumulative distribution.
 * A row without a distribution (NaN, +Infinity, or nothing but -Infinity) comes out as NaN.
 *
 * Inputs: `logits`, `[...batch, categories]`. Attributes: `temperature`, finite and > 0, and the key.
 * Output: exact zeros and ones, `float32`, shaped like `logits`.
 */
export const sampleCategory = defineOp({
  kernelName: 'DiscreteSampleCategory',
  shape: ({logits}) => logits.shape,
  composed: ({logits}: {logits: Tensor}, {temperature, ...key}: {temperature: number} & RandomKey) => {
    const categories = logits.shape.at(-1)!;
    const rows = logits.shape.slice(0, -1);
    const weights = exp(div(sub(logits, max(logits, -1, true)), temperature));
    const cumulative = cumsum(weights, rows.length); // counted from the front: a negative axis breaks cumsum
    const begin = [...rows.map(() => 0), categories - 1];
    const total = slice(cumulative, begin, [...rows, 1]);
    const point = mul(uniform({}, {...key, shape: [...rows, 1]}), total);
    const below = sum(cast(lessEqual(cumulative, point), 'int32'), -1);
    const category = minimum(below, scalar(categories - 1, 'int32'));
    return add(oneHotRows(category, categories), nanUnlessPositive(total)) as Tensor;
  },
});
