import {largestIndex} from './largestIndex.js';

/** Writes each row's one-hot of the largest logit, the first of equals; NaN where the row has no distribution. */
export function categoryModes(logits: Float32Array, out: Float32Array, categories: number): void {
  for (let begin = 0; begin < out.length; begin += categories) {
    const end = begin + categories;
    const mode = largestIndex(logits, begin, end);
    let zeroOrNaN = logits[mode]! - logits[mode]!;
    for (let i = begin; i < end; i++) if (Number.isNaN(logits[i]!)) zeroOrNaN = Number.NaN;
    out.fill(zeroOrNaN, begin, end);
    out[mode]! += 1;
  }
}
