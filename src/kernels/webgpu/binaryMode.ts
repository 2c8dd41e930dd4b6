import {util} from '@tensorflow/tfjs-core';
import {binaryMode} from '../ops/binaryMode.js';
import {runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

export const binaryModeOnWebGpu = binaryMode.kernelOn<WebGpuBackend>('webgpu', ({logits}, _, backend) => {
  const [output] = runProgram(backend, {
    name: 'BinaryMode',
    inputs: {logits},
    outputs: {result: logits.shape},
    invocations: util.sizeFromShape(logits.shape),
    main: `
      let x = logits[index];
      result[index] = select(f32(x > 0.0), uniforms.NAN, isnan(x));`,
  });
  return output!;
});
