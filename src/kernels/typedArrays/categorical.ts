import {fillUniform, type RandomKey} from '../pcg4d.js';
import {exp} from './exp.js';

const {fround} = Math;

/**
 * Writes each row's one-hot of a category drawn with probability softmax(logits / temperature).
 *
 * The category is the first whose cumulative weight exceeds uniform * total; it is never one of weight 0. The
 * sums run from the first category to the last, in single precision, so that every backend draws the same.
 * A row with a NaN or +Infinity, or of -Infinity alone, is NaN.
 */
export function sampleCategory(
  logits: Float32Array,
  out: Float32Array,
  categories: number,
  temperature: number,
  key: RandomKey,
): void {
  const rows = out.length / categories;
  const uniforms = fillUniform(new Float32Array(rows), key);
  const divisor = fround(temperature);
  for (let row = 0, begin = 0; row < rows; row++, begin += categories) {
    const end = begin + categories;
    const largest = logits[largestOf(logits, begin, end)]!;
    let total = 0;
    for (let i = begin; i < end; i++) {
      total = fround(total + exp(fround(fround(logits[i]! - largest) / divisor)));
      out[i] = total;
    }
    const point = fround(uniforms[row]! * total);
    let chosen = begin;
    while (out[chosen]! <= point) chosen++;
    out.fill(total - total, begin, end);
    out[chosen]! += 1;
  }
}

/** Writes each row's one-hot of the largest logit, the first of equals; NaN as in `sampleCategory`. */
export function categoryMode(logits: Float32Array, out: Float32Array, categories: number): void {
  for (let begin = 0; begin < out.length; begin += categories) {
    const end = begin + categories;
    const chosen = largestOf(logits, begin, end);
    let zeroOrNaN = logits[chosen]! - logits[chosen]!;
    for (let i = begin; i < end; i++) if (Number.isNaN(logits[i]!)) zeroOrNaN = Number.NaN;
    out.fill(zeroOrNaN, begin, end);
    out[chosen]! += 1;
  }
}

/**
 * Writes each row's J(t)^T dy with J(t) = (diag(p) - p p^T) / t and p = softmax(logits / t).
 *
 * The product does not change when a number is subtracted from the row's dy: taking away dy at the most
 * likely category leaves nothing large to cancel where one category has nearly all the probability.
 */
export function softmaxJacobianProduct(
  dy: Float32Array,
  logits: Float32Array,
  out: Float32Array,
  categories: number,
  temperature: number,
): void {
  const divisor = fround(temperature);
  for (let begin = 0; begin < out.length; begin += categories) {
    const end = begin + categories;
    const top = largestOf(logits, begin, end);
    const largest = logits[top]!;
    const reference = dy[top]!;
    let total = 0;
    let products = 0;
    for (let i = begin; i < end; i++) {
      const weight = exp(fround(fround(logits[i]! - largest) / divisor));
      total += weight;
      products += weight * (dy[i]! - reference);
      out[i] = weight;
    }
    const mean = products / total;
    for (let i = begin; i < end; i++) {
      out[i] = ((out[i]! / total) * (dy[i]! - reference - mean)) / divisor;
    }
  }
}

/** Place of the first of the largest numbers; of the first number where that is NaN. */
function largestOf(numbers: Float32Array, begin: number, end: number): number {
  let place = begin;
  for (let i = begin + 1; i < end; i++) if (numbers[i]! > numbers[place]!) place = i;
  return place;
}
