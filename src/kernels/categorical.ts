import {
  add,
  argMax,
  cast,
  cumsum,
  div,
  exp,
  lessEqual,
  max,
  minimum,
  mul,
  oneHot,
  scalar,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import type {RandomKey} from './pcg4d.js';
import {randomUniform} from './random.js';
import {runKernel} from './run.js';

/**
 * One-hot of a category drawn with probability softmax(logits / temperature), by inverting the
 * cumulative distribution at one uniform a row. A row that holds NaN comes out as NaN.
 *
 * @param logits `[...batch, categories]`.
 * @param temperature Finite and > 0.
 * @returns Exact zeros and ones, `float32`, shaped like `logits`.
 */
export function drawCategory(logits: Tensor, temperature: number, key: RandomKey): Tensor {
  return runKernel('DiscreteDrawCategory', {logits}, {temperature, ...key}, () => {
    const categories = logits.shape.at(-1)!;
    const rows = logits.shape.slice(0, -1);
    const weights = exp(div(sub(logits, max(logits, -1, true)), temperature));
    const cumulative = cumsum(weights, rows.length); // counted from the front: a negative axis breaks cumsum
    const begin = [...rows.map(() => 0), categories - 1];
    const total = slice(cumulative, begin, [...rows, 1]);
    const point = mul(randomUniform([...rows, 1], key), total);
    const below = sum(cast(lessEqual(cumulative, point), 'int32'), -1);
    const category = minimum(below, scalar(categories - 1, 'int32'));
    return add(oneHotOf(category, categories), sub(total, total));
  });
}

/** One-hot of the largest logit, the first of equals. A row that holds NaN comes out as NaN. */
export function mostLikelyCategory(logits: Tensor): Tensor {
  return runKernel('DiscreteMostLikelyCategory', {logits}, {}, () => {
    const zeroOrNaN = nanOf(logits);
    return add(oneHotOf(argMax(logits, -1), logits.shape.at(-1)!), zeroOrNaN);
  });
}

/** One-hot rows, `float32`. The cast comes after: on wasm, `oneHot` of dtype float32 writes the bits of an integer 1. */
function oneHotOf(category: Tensor, categories: number): Tensor {
  return cast(oneHot(category as Tensor1D, categories), 'float32');
}

/** Per row 0, or NaN where the row's distribution is undefined. */
function nanOf(logits: Tensor): Tensor {
  const total = sum(exp(sub(logits, max(logits, -1, true))), -1, true);
  return sub(total, total);
}

/**
 * J(t)^T dy with J(t) = (diag(p) - p p^T) / t and p = softmax(logits / t).
 *
 * @param dy Gradient with respect to the probabilities, shaped like `logits`.
 * @returns Gradient with respect to the logits.
 */
export function softmaxJacobianProduct(dy: Tensor, logits: Tensor, temperature: number): Tensor {
  return runKernel('DiscreteSoftmaxJacobianProduct', {dy, logits}, {temperature}, () =>
    div(jacobianProductAt(softmax(div(sub(logits, max(logits, -1, true)), temperature)), dy), temperature),
  );
}

/** (diag(p) - p p^T) dy at given probabilities. */
export function jacobianProductAt(probs: Tensor, dy: Tensor): Tensor {
  return mul(probs, sub(dy, sum(mul(probs, dy), -1, true)));
}
