import {util} from '@tensorflow/tfjs-core';
import {sampleBinary} from '../ops/sampleBinary.js';
import {EXP} from './exp.js';
import {PCG4D} from './pcg4d.js';
import {f32, keyUniforms, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

export const sampleBinaryOnWebGpu = sampleBinary.kernelOn<WebGpuBackend>(
  'webgpu',
  ({logits}, {temperature, ...key}, backend) => {
    const [output] = runProgram(backend, {
      name: 'SampleBinary',
      inputs: {logits},
      uniforms: {...keyUniforms(key), temperature: f32(temperature)},
      outputs: {result: logits.shape},
      invocations: util.sizeFromShape(logits.shape),
      declarations: EXP + PCG4D,
      main: `
        let x = logits[index] / uniforms.temperature;
        let e = expOf(-abs(x));
        let isOne = uniformAt(index) * (1.0 + e) < select(1.0, e, x < 0.0);
        result[index] = select(f32(isOne), uniforms.NAN, isnan(x));`,
    });
    return output!;
  },
);
