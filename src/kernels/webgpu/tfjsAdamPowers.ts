import {tfjsAdamPowers} from '../ops/tfjsAdamPowers.js';
import {f32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

export const tfjsAdamPowersOnWebGpu = tfjsAdamPowers.kernelOn<WebGpuBackend>(
  'webgpu',
  ({accBeta1, accBeta2}, {beta1, beta2}, backend) =>
    runProgram(backend, {
      name: 'TfjsAdamPowers',
      inputs: {accBeta1, accBeta2},
      uniforms: {beta1: f32(beta1), beta2: f32(beta2)},
      outputs: {result: [2], next1: [], next2: []},
      invocations: 1,
      main: `
        result[0] = accBeta1[0];
        result[1] = accBeta2[0];
        next1[0] = accBeta1[0] * uniforms.beta1;
        next2[0] = accBeta2[0] * uniforms.beta2;`,
    }),
);
