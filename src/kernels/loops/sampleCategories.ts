import {CATEGORY_BLOCK, uniformsPerRow} from '../ops/sampleCategory.js';
import {exp} from './exp.js';
import {largestIndex} from './largestIndex.js';

const {fround} = Math;

/**
 * Writes each row's one-hot of a category sampled with probability softmax(logits / temperature).
 *
 * The category is the first whose cumulative weight exceeds uniform * total; it is never one of weight 0. The
 * sums run from the first category to the last, in single precision, so that every backend samples the same. Where there
 * are several blocks, the first one whose cumulative weight, in double precision, exceeds uniform * total is sampled before.
 * A row with a NaN or +Infinity, or of -Infinity alone, is NaN.
 *
 * @param uniforms `uniformsPerRow` per row: for the block where there are several, then for the category.
 */
export function sampleCategories(
  logits: Float32Array,
  uniforms: Float32Array,
  out: Float32Array,
  categories: number,
  temperature: number,
): void {
  const divisor = fround(temperature);
  const perRow = uniformsPerRow(categories);
  for (let row = 0, begin = 0; row < uniforms.length / perRow; row++, begin += categories) {
    const end = begin + categories;
    const largest = logits[largestIndex(logits, begin, end)]!;
    let total = 0;
    for (let from = begin; from < end; from += CATEGORY_BLOCK) {
      let blockTotal = 0;
      for (let i = from; i < Math.min(from + CATEGORY_BLOCK, end); i++) {
        blockTotal = fround(blockTotal + exp(fround(fround(logits[i]! - largest) / divisor)));
        out[i] = blockTotal;
      }
      total += blockTotal;
    }
    const uniform = uniforms[(row + 1) * perRow - 1]!;
    const block = perRow === 1 ? begin : sampledBlock(out, begin, end, uniforms[row * perRow]! * total);
    const blockEnd = Math.min(block + CATEGORY_BLOCK, end);
    const point = fround(uniform * out[blockEnd - 1]!);
    let sampled = block;
    while (out[sampled]! <= point) sampled++;
    out.fill(total - total, begin, end);
    out[sampled]! += 1;
  }
}

/** Where the first block begins up to which the weights add up to more than `point`. */
function sampledBlock(cumulative: Float32Array, begin: number, end: number, point: number): number {
  let block = begin;
  let sum = cumulative[Math.min(block + CATEGORY_BLOCK, end) - 1]!;
  while (sum <= point) {
    block += CATEGORY_BLOCK;
    sum += cumulative[Math.min(block + CATEGORY_BLOCK, end) - 1]!;
  }
  return block;
}
