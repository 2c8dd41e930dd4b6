import {util} from '@tensorflow/tfjs-core';
import {uniform} from '../ops/uniform.js';
import {PCG4D} from './pcg4d.js';
import {keyUniforms, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

export const uniformOnWebGpu = uniform.kernelOn<WebGpuBackend>('webgpu', (_, {shape, ...key}, backend) => {
  const [output] = runProgram(backend, {
    name: 'Uniform',
    inputs: {},
    uniforms: keyUniforms(key),
    outputs: {result: shape},
    invocations: util.sizeFromShape(shape),
    declarations: PCG4D,
    main: 'result[index] = uniformAt(index);',
  });
  return output!;
});
