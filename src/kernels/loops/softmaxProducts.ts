import {exp} from './exp.js';
import {largestIndex} from './largestIndex.js';

const {fround} = Math;

/**
 * Writes each row's J(t)^T dy with J(t) = (diag(p) - p p^T) / t and p = softmax(logits / t).
 *
 * The product does not change when a number is subtracted from the row's dy: taking away dy at the mode
 * leaves nothing large to cancel where one category has nearly all the probability.
 */
export function softmaxProducts(
  dy: Float32Array,
  logits: Float32Array,
  out: Float32Array,
  categories: number,
  temperature: number,
): void {
  const divisor = fround(temperature);
  for (let begin = 0; begin < out.length; begin += categories) {
    const end = begin + categories;
    const mode = largestIndex(logits, begin, end);
    const largest = logits[mode]!;
    const reference = dy[mode]!;
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
