import {sampleCategory} from '../ops/sampleCategory.js';
import {fillUniform} from '../pcg4d.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';
import {exp} from './exp.js';
import {largestIndex} from './largestIndex.js';

const {fround} = Math;

export const sampleCategoryOnCpu = sampleCategory.kernelOn<CpuBackend>(
  'cpu',
  ({logits}, {temperature, ...key}, backend) => {
    const [output, out] = makeOutput(backend, sampleCategory.shape({logits}, {temperature, ...key}));
    const categories = logits.shape.at(-1) ?? 1;
    const uniforms = fillUniform(new Float32Array(out.length / Math.max(categories, 1)), key);
    sampleCategories(floatsOf(backend, logits), uniforms, out, categories, temperature);
    return output;
  },
);

/**
 * Writes each row's one-hot of a category sampled with probability softmax(logits / temperature).
 *
 * The category is the first whose cumulative weight exceeds uniform * total; it is never one of weight 0. The
 * sums run from the first category to the last, in single precision, so that every backend samples the same.
 * A row with a NaN or +Infinity, or of -Infinity alone, is NaN.
 *
 * @param uniforms One per row.
 */
export function sampleCategories(
  logits: Float32Array,
  uniforms: Float32Array,
  out: Float32Array,
  categories: number,
  temperature: number,
): void {
  const divisor = fround(temperature);
  for (let row = 0, begin = 0; row < uniforms.length; row++, begin += categories) {
    const end = begin + categories;
    const largest = logits[largestIndex(logits, begin, end)]!;
    let total = 0;
    for (let i = begin; i < end; i++) {
      total = fround(total + exp(fround(fround(logits[i]! - largest) / divisor)));
      out[i] = total;
    }
    const point = fround(uniforms[row]! * total);
    let sampled = begin;
    while (out[sampled]! <= point) sampled++;
    out.fill(total - total, begin, end);
    out[sampled]! += 1;
  }
}
