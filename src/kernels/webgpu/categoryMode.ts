import {util} from '@tensorflow/tfjs-core';
import {categoryMode} from '../ops/categoryMode.js';
import {LARGEST} from './largest.js';
import {i32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

export const categoryModeOnWebGpu = categoryMode.kernelOn<WebGpuBackend>('webgpu', ({logits}, _, backend) => {
  const categories = logits.shape.at(-1) ?? 1;
  const [output] = runProgram(backend, {
    name: 'CategoryMode',
    inputs: {logits},
    uniforms: {categories: i32(categories)},
    outputs: {result: logits.shape},
    invocations: util.sizeFromShape(logits.shape) / Math.max(categories, 1),
    declarations: LARGEST,
    main: `
        let begin = index * uniforms.categories;
        let largest = largestOf(begin, begin + uniforms.categories);
        for (var i = begin; i < begin + uniforms.categories; i++) {
          result[i] = select(f32(i == largest.index), uniforms.NAN, largest.isUndefined);
        }`,
  });
  return output!;
});
