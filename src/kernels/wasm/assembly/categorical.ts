import {exp, expSixteen} from './exp';
import {loadUpTo, maxLanes, storeUpTo, sumLanes} from './lanes';
import {fillUniform} from './pcg4d';

/** Categories of a block, `CATEGORY_BLOCK` of `src/kernels/ops/sampleCategory.ts`. */
const BLOCK: i32 = 256;

/**
 * `src/kernels/loops/sampleCategories.ts`.
 *
 * The uniforms, one per row or two, wait at the front of `out` until their row is written; rows are therefore taken
 * from the last to the first.
 */
export function sampleCategory(
  logits: usize,
  out: usize,
  rows: i32,
  categories: i32,
  temperature: f32,
  seed: i32,
  stream: i32,
  step: i32,
): void {
  const perRow = categories > BLOCK ? 2 : 1;
  fillUniform(out, perRow * rows, seed, stream, step);
  const bytes = (<usize>categories) << 2;
  for (let row = rows - 1; row >= 0; row--) {
    const forBlock = load<f32>(out + ((<usize>(perRow * row)) << 2));
    const forCategory = load<f32>(out + ((<usize>(perRow * row + perRow - 1)) << 2));
    const from = logits + <usize>row * bytes;
    const to = out + <usize>row * bytes;
    storeWeights(from, to, categories, maxOfRow(from, categories), temperature);
    const total = accumulateBlocks(to, categories);
    const block = perRow === 2 ? sampledBlock(to, categories, <f64>forBlock * total) : 0;
    const size = min(categories - block, BLOCK);
    const weights = to + ((<usize>block) << 2);
    const limit = forCategory * blockTotal(to, categories, block);
    const category = block + countUpTo(weights, size, limit);
    fill(to, categories, <f32>(total - total));
    if (total > 0) store<f32>(to + ((<usize>category) << 2), 1);
  }
}

/** Replaces the weights of each block by their running sums, and returns the total of all. */
function accumulateBlocks(weights: usize, categories: i32): f64 {
  let total: f64 = 0;
  for (let block: i32 = 0; block < categories; block += BLOCK) {
    const end = weights + ((<usize>min(block + BLOCK, categories)) << 2);
    let sum: f32 = 0;
    for (let at = weights + ((<usize>block) << 2); at < end; at += 4) {
      sum += load<f32>(at);
      store<f32>(at, sum);
    }
    total += sum;
  }
  return total;
}

/** Where the first block begins up to which the weights add up to more than `point`. */
function sampledBlock(sums: usize, categories: i32, point: f64): i32 {
  let block: i32 = 0;
  let sum: f64 = blockTotal(sums, categories, 0);
  while (sum <= point) {
    block += BLOCK;
    sum += blockTotal(sums, categories, block);
  }
  return block;
}

/** The last running sum of the block that begins at category `block`. */
function blockTotal(sums: usize, categories: i32, block: i32): f32 {
  return load<f32>(sums + ((<usize>(min(block + BLOCK, categories) - 1)) << 2));
}

/** How many of a row's numbers are no larger than `limit`. Without a branch, which could not be predicted. */
function countUpTo(from: usize, categories: i32, limit: f32): i32 {
  const limits = f32x4.splat(limit);
  let counts = i32x4.splat(0);
  for (let at: i32 = 0; at < categories; at += 4) {
    const numbers = loadUpTo(from + ((<usize>at) << 2), categories - at, Infinity);
    counts = i32x4.sub(counts, f32x4.le(numbers, limits));
  }
  const pairs = i32x4.add(counts, v128.shuffle<i32>(counts, counts, 2, 3, 2, 3));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/** exp((logit - largest logit) / temperature) of a row. */
function storeWeights(from: usize, to: usize, categories: i32, largest: f32, temperature: f32): void {
  const top = f32x4.splat(largest);
  const divisor = f32x4.splat(temperature);
  for (let at: i32 = 0; at < categories; at += 4) {
    const offset = (<usize>at) << 2;
    const logit = loadUpTo(from + offset, categories - at, 0);
    storeUpTo(to + offset, categories - at, f32x4.div(f32x4.sub(logit, top), divisor));
  }
  let left = categories;
  for (; left >= 16; left -= 16) {
    expSixteen(to);
    to += 64;
  }
  for (; left > 0; left -= 4) {
    storeUpTo(to, left, exp(loadUpTo(to, left, 0)));
    to += 16;
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

/** `src/kernels/loops/categoryModes.ts`. */
export function categoryMode(logits: usize, out: usize, rows: i32, categories: i32): void {
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

/** The largest of `numbers` where a row equals `value`, -Infinity where it does nowhere. */
function largestWhere(numbers: usize, row: usize, categories: i32, value: f32): f32 {
  const values = f32x4.splat(value);
  const none = f32x4.splat(-Infinity);
  let largest = none;
  for (let at: i32 = 0; at < categories; at += 4) {
    const offset = (<usize>at) << 2;
    const equal = f32x4.eq(loadUpTo(row + offset, categories - at, NaN), values);
    largest = f32x4.pmax(
      largest,
      v128.bitselect(loadUpTo(numbers + offset, categories - at, 0), none, equal),
    );
  }
  return maxLanes(largest);
}

/** `src/kernels/loops/softmaxProducts.ts`. */
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
    const reference = f32x4.splat(largestWhere(gradient, from, categories, largest));
    storeWeights(from, to, categories, largest, temperature);
    let total = f32x4.splat(0);
    let products = f32x4.splat(0);
    for (let at: i32 = 0; at < categories; at += 4) {
      const offset = (<usize>at) << 2;
      const left = categories - at;
      const weight = loadUpTo(to + offset, left, 0);
      const change = f32x4.sub(loadUpTo(gradient + offset, left, 0), reference);
      total = f32x4.add(total, weight);
      products = f32x4.add(products, f32x4.mul(weight, change));
    }
    const inverse: f32 = <f32>1 / sumLanes(total);
    const mean = f32x4.splat(sumLanes(products) * inverse);
    const scale = f32x4.splat(inverse);
    for (let at: i32 = 0; at < categories; at += 4) {
      const offset = (<usize>at) << 2;
      const left = categories - at;
      const p = f32x4.mul(loadUpTo(to + offset, left, 0), scale);
      const change = f32x4.sub(loadUpTo(gradient + offset, left, 0), reference);
      storeUpTo(to + offset, left, f32x4.div(f32x4.mul(p, f32x4.sub(change, mean)), divisor));
    }
  }
}
