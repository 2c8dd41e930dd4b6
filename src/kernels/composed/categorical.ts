import {
  add,
  argMax,
  cast,
  cumsum,
  div,
  equal,
  exp,
  expandDims,
  greater,
  lessEqual,
  max,
  minimum,
  mul,
  range,
  scalar,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import type {RandomKey} from '../pcg4d.js';
import {randomUniform} from '../random.js';

/** Inverts the cumulative distribution at one uniform a row. */
export function composedSampleCategory(logits: Tensor, temperature: number, key: RandomKey): Tensor {
  const categories = logits.shape.at(-1)!;
  const rows = logits.shape.slice(0, -1);
  const weights = exp(div(sub(logits, max(logits, -1, true)), temperature));
  const cumulative = cumsum(weights, rows.length); // counted from the front: a negative axis breaks cumsum
  const begin = [...rows.map(() => 0), categories - 1];
  const total = slice(cumulative, begin, [...rows, 1]);
  const point = mul(randomUniform([...rows, 1], key), total);
  const below = sum(cast(lessEqual(cumulative, point), 'int32'), -1);
  const category = minimum(below, scalar(categories - 1, 'int32'));
  return add(oneHotOf(category, categories), nanUnlessPositive(total));
}

export function composedCategoryMode(logits: Tensor): Tensor {
  return add(oneHotOf(argMax(logits, -1), logits.shape.at(-1)!), nanOf(logits));
}

export function composedSoftmaxJacobianProduct(dy: Tensor, logits: Tensor, temperature: number): Tensor {
  const probs = softmax(div(sub(logits, max(logits, -1, true)), temperature));
  return div(jacobianProductAt(probs, dy), temperature);
}

/**
 * (diag(p) - p p^T) dy at given probabilities.
 *
 * A constant added to dy changes nothing. Taking off the mean first, and then what rounding left of it,
 * keeps the digits where one category has nearly all the probability.
 */
export function jacobianProductAt(probs: Tensor, dy: Tensor): Tensor {
  const centred = sub(dy, sum(mul(probs, dy), -1, true));
  return mul(probs, sub(centred, sum(mul(probs, centred), -1, true)));
}

/**
 * One-hot rows, `float32`, by comparison: `oneHot` refuses a single category, and on wasm with dtype float32 it
 * writes the bits of an integer 1.
 */
function oneHotOf(category: Tensor, categories: number): Tensor {
  return cast(equal(expandDims(category, -1), range(0, categories, 1, 'int32')), 'float32');
}

/** Per row 0, or NaN where the row's distribution is undefined. */
function nanOf(logits: Tensor): Tensor {
  return nanUnlessPositive(sum(exp(sub(logits, max(logits, -1, true))), -1, true));
}

/**
 * 0, or NaN where a row's weights add up to NaN, which the difference finds, or to nothing, which the comparison finds.
 * The latter is webgl's way alone, whose `max` of nothing but -Infinity is -1e20. NaN itself may compare either way on a GPU.
 */
function nanUnlessPositive(total: Tensor): Tensor {
  return add(sub(total, total), where(greater(total, 0), 0, Number.NaN));
}
