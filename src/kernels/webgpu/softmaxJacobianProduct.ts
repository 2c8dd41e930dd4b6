import {util} from '@tensorflow/tfjs-core';
import {softmaxJacobianProduct} from '../ops/softmaxJacobianProduct.js';
import {EXP} from './exp.js';
import {LARGEST} from './largest.js';
import {f32, i32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

/** One invocation per row, by the formula of `softmaxProducts` on cpu. */
export const softmaxJacobianProductOnWebGpu = softmaxJacobianProduct.kernelOn<WebGpuBackend>(
  'webgpu',
  ({dy, logits}, {temperature}, backend) => {
    const categories = logits.shape.at(-1) ?? 1;
    const [output] = runProgram(backend, {
      name: 'SoftmaxJacobianProduct',
      inputs: {dy, logits},
      uniforms: {temperature: f32(temperature), categories: i32(categories)},
      outputs: {result: logits.shape},
      invocations: util.sizeFromShape(logits.shape) / Math.max(categories, 1),
      declarations: EXP + LARGEST,
      main: `
        let begin = index * uniforms.categories;
        let end = begin + uniforms.categories;
        let largest = largestOf(begin, end);
        if (largest.isUndefined) {
          for (var i = begin; i < end; i++) { result[i] = uniforms.NAN; }
          return;
        }
        let reference = dy[largest.index];
        var total = 0.0;
        var products = 0.0;
        for (var i = begin; i < end; i++) {
          let weight = expOf((logits[i] - largest.value) / uniforms.temperature);
          total += weight;
          products += weight * (dy[i] - reference);
          result[i] = weight;
        }
        let mean = products / total;
        for (var i = begin; i < end; i++) {
          result[i] = result[i] / total * (dy[i] - reference - mean) / uniforms.temperature;
        }`,
    });
    return output!;
  },
);
