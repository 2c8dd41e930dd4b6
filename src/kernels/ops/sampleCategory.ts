import {
  add,
  cast,
  cumsum,
  div,
  exp,
  expandDims,
  lessEqual,
  max,
  minimum,
  mul,
  pad,
  reshape,
  scalar,
  slice,
  squeeze,
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
 * Up to this many categories, weights are added up one after the other in single precision. Beyond, that would lose those that are
 * small against the sum so far, however many there are: a block of this many is sampled first, then a category within it.
 */
export const CATEGORY_BLOCK = 256;

/** How many random numbers a row takes: one for the category, and before it one for its block where there are several. */
export function uniformsPerRow(categories: number): 1 | 2 {
  return categories > CATEGORY_BLOCK ? 2 : 1;
}

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
    const numbers = uniform({}, {...key, shape: [...rows, uniformsPerRow(categories)]});
    const {index, total} =
      categories > CATEGORY_BLOCK ? sampleInBlocks(weights, numbers) : sampleIndex(weights, numbers);
    return add(oneHotRows(index, categories), nanUnlessPositive(total)) as Tensor;
  },
});

/** An index on the last axis, with probability in proportion to the weights, and their total. */
interface Sampled {
  readonly index: Tensor;
  readonly total: Tensor;
}

/** @param numbers Uniforms, `[...batch, 1]`. */
function sampleIndex(weights: Tensor, numbers: Tensor): Sampled {
  const axis = weights.rank - 1;
  return invert(cumsum(weights, axis), numbers); // counted from the front: a negative axis breaks cumsum
}

/** The first index whose cumulative weight exceeds uniform * total. */
function invert(cumulative: Tensor, numbers: Tensor): Sampled {
  const last = cumulative.shape.at(-1)! - 1;
  const total = lastOf(cumulative);
  const below = sum(cast(lessEqual(cumulative, mul(numbers, total)), 'int32'), -1);
  return {index: minimum(below, scalar(last, 'int32')), total};
}

/** @param numbers Uniforms, `[...batch, 2]`: for the block, and for the category within it. */
function sampleInBlocks(weights: Tensor, numbers: Tensor): Sampled {
  const rows = weights.shape.slice(0, -1);
  const categories = weights.shape.at(-1)!;
  const blocks = Math.ceil(categories / CATEGORY_BLOCK);
  const missing = blocks * CATEGORY_BLOCK - categories;
  const padded = pad(weights, [...rows.map((): [number, number] => [0, 0]), [0, missing]]);
  const within = cumsum(reshape(padded, [...rows, blocks, CATEGORY_BLOCK]), rows.length + 1);
  const forBlock = slice(numbers, 0, [...rows, 1]);
  const forIndex = slice(numbers, [...rows.map(() => 0), 1], [...rows, 1]);
  const {index: block, total} = sampleIndex(squeeze(lastOf(within), [-1]), forBlock);
  const sampledBlock = sum(mul(within, expandDims(oneHotRows(block, blocks), -1)), rows.length);
  const {index} = invert(sampledBlock, forIndex);
  return {index: add(mul(block, scalar(CATEGORY_BLOCK, 'int32')), index), total};
}

/** The last element on the last axis, which stays. */
function lastOf(x: Tensor): Tensor {
  const begin = [...x.shape.slice(0, -1).map(() => 0), x.shape.at(-1)! - 1];
  return slice(x, begin, [...x.shape.slice(0, -1), 1]);
}
