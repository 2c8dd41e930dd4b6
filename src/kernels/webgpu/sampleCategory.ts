import {util} from '@tensorflow/tfjs-core';
import {CATEGORY_BLOCK, sampleCategory, uniformsPerRow} from '../ops/sampleCategory.js';
import {EXP} from './exp.js';
import {LARGEST} from './largest.js';
import {PCG4D} from './pcg4d.js';
import {f32, i32, keyUniforms, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

/** One invocation per row, in the order of `sampleCategories` on cpu; sums of blocks are in single precision. */
export const sampleCategoryOnWebGpu = sampleCategory.kernelOn<WebGpuBackend>(
  'webgpu',
  ({logits}, {temperature, ...key}, backend) => {
    const categories = logits.shape.at(-1) ?? 1;
    const [output] = runProgram(backend, {
      name: 'SampleCategory',
      inputs: {logits},
      uniforms: {
        ...keyUniforms(key),
        temperature: f32(temperature),
        categories: i32(categories),
        numbersPerRow: i32(uniformsPerRow(categories)),
      },
      outputs: {result: logits.shape},
      invocations: util.sizeFromShape(logits.shape) / Math.max(categories, 1),
      declarations: EXP + PCG4D + LARGEST,
      main: `
        let begin = index * uniforms.categories;
        let end = begin + uniforms.categories;
        let largest = largestOf(begin, end);
        if (largest.isUndefined) {
          for (var i = begin; i < end; i++) { result[i] = uniforms.NAN; }
          return;
        }
        var total = 0.0;
        for (var first = begin; first < end; first += ${CATEGORY_BLOCK}) {
          var sum = 0.0;
          for (var i = first; i < min(first + ${CATEGORY_BLOCK}, end); i++) {
            sum += expOf((logits[i] - largest.value) / uniforms.temperature);
            result[i] = sum;
          }
          total += sum;
        }
        var block = begin;
        if (uniforms.numbersPerRow == 2) {
          let point = uniformAt(2 * index) * total;
          var sum = result[begin + ${CATEGORY_BLOCK} - 1];
          while (sum <= point && block + ${CATEGORY_BLOCK} < end) {
            block += ${CATEGORY_BLOCK};
            sum += result[min(block + ${CATEGORY_BLOCK}, end) - 1];
          }
        }
        let last = min(block + ${CATEGORY_BLOCK}, end) - 1;
        let point = uniformAt((index + 1) * uniforms.numbersPerRow - 1) * result[last];
        var sampled = block;
        while (sampled < last && result[sampled] <= point) { sampled++; }
        for (var i = begin; i < end; i++) { result[i] = f32(i == sampled); }`,
    });
    return output!;
  },
);
