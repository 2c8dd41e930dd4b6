import {util} from '@tensorflow/tfjs-core';
import {sigmoidJacobianProduct} from '../ops/sigmoidJacobianProduct.js';
import {EXP} from './exp.js';
import {f32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

/** dy e / ((1 + e)^2 t) with e = exp(-|logit / t|). */
export const sigmoidJacobianProductOnWebGpu = sigmoidJacobianProduct.kernelOn<WebGpuBackend>(
  'webgpu',
  ({dy, logits}, {temperature}, backend) => {
    const [output] = runProgram(backend, {
      name: 'SigmoidJacobianProduct',
      inputs: {dy, logits},
      uniforms: {temperature: f32(temperature)},
      outputs: {result: logits.shape},
      invocations: util.sizeFromShape(logits.shape),
      declarations: EXP,
      main: `
        let e = expOf(-abs(logits[index] / uniforms.temperature));
        let sum = 1.0 + e;
        result[index] = dy[index] * (e / (sum * sum * uniforms.temperature));`,
    });
    return output!;
  },
);
