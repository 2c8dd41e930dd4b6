import {util} from '@tensorflow/tfjs-core';
import {tfjsAdamStep} from '../ops/tfjsAdamStep.js';
import {f32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

export const tfjsAdamStepOnWebGpu = tfjsAdamStep.kernelOn<WebGpuBackend>(
  'webgpu',
  ({value, gradient, first, second, powers}, {beta1, beta2, epsilon, learningRate}, backend) =>
    runProgram(backend, {
      name: 'TfjsAdamStep',
      inputs: {value, gradient, first, second, powers},
      uniforms: {
        beta1: f32(beta1),
        oneMinusBeta1: f32(1 - beta1),
        beta2: f32(beta2),
        oneMinusBeta2: f32(1 - beta2),
        epsilon: f32(epsilon),
        minusRate: f32(-learningRate),
      },
      outputs: {result: value.shape, newFirst: first.shape, newSecond: second.shape},
      invocations: util.sizeFromShape(value.shape),
      main: `
        let g = gradient[index];
        let m = first[index] * uniforms.beta1 + g * uniforms.oneMinusBeta1;
        let v = second[index] * uniforms.beta2 + g * g * uniforms.oneMinusBeta2;
        newFirst[index] = m;
        newSecond[index] = v;
        let root = sqrt(v / (1.0 - powers[1])) + uniforms.epsilon;
        result[index] = m / (1.0 - powers[0]) / root * uniforms.minusRate + value[index];`,
    }),
);
