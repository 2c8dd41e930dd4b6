import {util} from '@tensorflow/tfjs-core';
import {CATEGORY_BLOCK, sampleCategory, uniformsPerRow} from '../ops/sampleCategory.js';
import {EXP} from './exp.js';
import {LARGEST} from './largest.js';
import {oneHot} from './oneHot.js';
import {PCG4D} from './pcg4d.js';
import {float, int, keyUniforms, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/**
 * Two programs: the category of each row, in the order of `sampleCategories` on cpu, then its one-hot. Sums of blocks are in
 * single precision.
 */
export const sampleCategoryOnWebGl = sampleCategory.kernelOn<WebGlBackend>(
  'webgl',
  ({logits}, {temperature, ...key}, backend) => {
    const categories = logits.shape.at(-1) ?? 1;
    const category = runProgram(backend, {
      inputs: {logits},
      uniforms: {
        ...keyUniforms(key),
        temperature: float(temperature),
        categories: int(categories),
        numbersPerRow: int(uniformsPerRow(categories)),
      },
      shape: [util.sizeFromShape(logits.shape) / Math.max(categories, 1)],
      declarations: `
        ${EXP + PCG4D + LARGEST}
        float weightAt(int i, float largest) {
          return expOf((getLogits(i) - largest) / temperature);
        }

        float sumOfBlock(int block, int end, float largest) {
          float sum = 0.0;
          for (int i = block; i < min(block + ${CATEGORY_BLOCK}, end); i++) { sum += weightAt(i, largest); }
          return sum;
        }`,
      main: `
        int begin = index * categories;
        int end = begin + categories;
        Largest largest = largestOf(begin, end);
        if (largest.isUndefined) { return NAN; }
        int block = begin;
        float blockSum = sumOfBlock(block, end, largest.value);
        if (numbersPerRow == 2) {
          float total = blockSum;
          for (int i = begin + ${CATEGORY_BLOCK}; i < end; i += ${CATEGORY_BLOCK}) {
            total += sumOfBlock(i, end, largest.value);
          }
          float point = uniformAt(2 * index) * total;
          float sum = blockSum;
          while (sum <= point && block + ${CATEGORY_BLOCK} < end) {
            block += ${CATEGORY_BLOCK};
            blockSum = sumOfBlock(block, end, largest.value);
            sum += blockSum;
          }
        }
        float point = uniformAt((index + 1) * numbersPerRow - 1) * blockSum;
        int last = min(block + ${CATEGORY_BLOCK}, end) - 1;
        int sampled = block;
        float cumulative = weightAt(sampled, largest.value);
        while (sampled < last && cumulative <= point) {
          sampled++;
          cumulative += weightAt(sampled, largest.value);
        }
        return float(sampled - begin);`,
    });
    return oneHot(backend, category, logits.shape);
  },
);
