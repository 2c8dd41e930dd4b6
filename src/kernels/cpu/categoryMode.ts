import {categoryMode} from '../ops/categoryMode.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';
import {largestIndex} from './largestIndex.js';

export const categoryModeOnCpu = categoryMode.kernelOn<CpuBackend>('cpu', ({logits}, attributes, backend) => {
  const [output, out] = makeOutput(backend, categoryMode.shape({logits}, attributes));
  categoryModes(floatsOf(backend, logits), out, logits.shape.at(-1) ?? 1);
  return output;
});

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
