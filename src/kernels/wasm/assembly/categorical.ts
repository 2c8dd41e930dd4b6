import {exp} from './exp';
import {loadUpTo, maxLanes, storeUpTo, sumLanes} from './lanes';
import {fillUniform} from './pcg4d';

/**
 * `src/kernels/typedArrays/categorical.ts`, `drawCategory`.
 *
 * The uniforms, one a row, wait at the front of `out` until their row is written; rows are therefore taken
 * from the last to the first.
 */
export function drawCategory(
  logits: usize,
  out: usize,
  rows: i32,
  categories: i32,
  temperature: f32,
  seed: i32,
  stream: i32,
  step: i32,
): void {
  fillUniform(out, rows, seed, stream, step);
  const bytes = (<usize>categories) << 2;
  for (let row = rows - 1; row >= 0; row--) {
    const uniform = load<f32>(out + ((<usize>row) << 2));
    const from = logits + <usize>row * bytes;
    const to = out + <usize>row * bytes;
    storeWeights(from, to, categories, temperature);
    let total: f32 = 0;
    for (let at = to; at < to + bytes; at += 4) {
      total += load<f32>(at);
      store<f32>(at, total);
    }
    const point = uniform * total;
    let chosen = to;
    while (chosen < to + bytes && load<f32>(chosen) <= point) chosen += 4;
    fill(to, categories, total - total);
    if (total > 0) store<f32>(chosen, 1);
  }
}

/** exp((logit - largest logit) / temperature) of a row. */
function storeWeights(from: usize, to: usize, categories: i32, temperature: f32): void {
  const largest = f32x4.splat(maxOfRow(from, categories));
  const divisor = f32x4.splat(temperature);
  for (let at: i32 = 0; at < categories; at += 4) {
    const place = (<usize>at) << 2;
    const logit = loadUpTo(from + place, categories - at, 0);
    storeUpTo(to + place, categories - at, exp(f32x4.div(f32x4.sub(logit, largest), divisor)));
  }
}

/** The largest of a row; where a number is NaN, any of them. */
function maxOfRow(from: usize, categories: i32): f32 {
  let largest = f32x4.splat(load<f32>(from));
  for (let at: i32 = 0; at < categories; at += 4) {
    largest = f32x4.pmax(largest, loadUpTo(from + ((<usize>at) << 2), categories - at, -Infinity));
  }
  return maxLanes(largest);
}

function fill(to: usize, categories: i32, value: f32): void {
  const lanes = f32x4.splat(value);
  for (let at: i32 = 0; at < categories; at += 4) {
    storeUpTo(to + ((<usize>at) << 2), categories - at, lanes);
  }
}

/** Address of the first number that equals `value`; of the last one where none does. */
function find(from: usize, categories: i32, value: f32): usize {
  const last = from + ((<usize>(categories - 1)) << 2);
  let at = from;
  while (at < last && load<f32>(at) !== value) at += 4;
  return at;
}

/** `src/kernels/typedArrays/categorical.ts`, `mostLikelyCategory`. */
export function mostLikelyCategory(logits: usize, out: usize, rows: i32, categories: i32): void {
  const bytes = (<usize>categories) << 2;
  for (let row = 0; row < rows; row++) {
    const from = logits + <usize>row * bytes;
    const to = out + <usize>row * bytes;
    const largest = maxOfRow(from, categories);
    // 0 for finite numbers and a masked category; NaN where a number is NaN or +Infinity.
    let undefined4 = f32x4.splat(largest - largest);
    for (let at: i32 = 0; at < categories; at += 4) {
      const logit = loadUpTo(from + ((<usize>at) << 2), categories - at, 0);
      undefined4 = v128.or(undefined4, f32x4.ne(logit, logit));
    }
    if (v128.any_true(undefined4)) {
      fill(to, categories, NaN);
    } else {
      fill(to, categories, 0);
      store<f32>(to + (find(from, categories, largest) - from), 1);
    }
  }
}

/** `src/kernels/typedArrays/categorical.ts`, `softmaxJacobianProduct`. */
export function softmaxJacobianProduct(
  dy: usize,
  logits: usize,
  out: usize,
  rows: i32,
  categories: i32,
  temperature: f32,
): void {
  const bytes = (<usize>categories) << 2;
  const divisor = f32x4.splat(temperature);
  for (let row = 0; row < rows; row++) {
    const from = logits + <usize>row * bytes;
    const gradient = dy + <usize>row * bytes;
    const to = out + <usize>row * bytes;
    const largest = maxOfRow(from, categories);
    const top = f32x4.splat(largest);
    const reference = f32x4.splat(load<f32>(gradient + (find(from, categories, largest) - from)));
    let total = f32x4.splat(0);
    let products = f32x4.splat(0);
    for (let at: i32 = 0; at < categories; at += 4) {
      const place = (<usize>at) << 2;
      const left = categories - at;
      const logit = loadUpTo(from + place, left, -Infinity);
      const weight = exp(f32x4.div(f32x4.sub(logit, top), divisor));
      const change = f32x4.sub(loadUpTo(gradient + place, left, 0), reference);
      storeUpTo(to + place, left, weight);
      // The lanes past the end hold the logit -Infinity: they weigh nothing.
      total = f32x4.add(total, weight);
      products = f32x4.add(products, f32x4.mul(weight, change));
    }
    const inverse: f32 = <f32>1 / sumLanes(total);
    const mean = f32x4.splat(sumLanes(products) * inverse);
    const scale = f32x4.splat(inverse);
    for (let at: i32 = 0; at < categories; at += 4) {
      const place = (<usize>at) << 2;
      const left = categories - at;
      const p = f32x4.mul(loadUpTo(to + place, left, 0), scale);
      const change = f32x4.sub(loadUpTo(gradient + place, left, 0), reference);
      storeUpTo(to + place, left, f32x4.div(f32x4.mul(p, f32x4.sub(change, mean)), divisor));
    }
  }
}
