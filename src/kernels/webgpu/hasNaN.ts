import {util} from '@tensorflow/tfjs-core';
import {hasNaN} from '../ops/hasNaN.js';
import {i32, runProgram, WORKGROUP} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

/** One workgroup: it serves in debug mode alone. */
export const hasNaNOnWebGpu = hasNaN.kernelOn<WebGpuBackend>('webgpu', ({x}, _, backend) => {
  const [output] = runProgram(backend, {
    name: 'HasNaN',
    inputs: {x},
    uniforms: {size: i32(util.sizeFromShape(x.shape))},
    outputs: {result: []},
    invocations: WORKGROUP,
    hasBarriers: true,
    declarations: `var<workgroup> found : array<f32, ${WORKGROUP}>;`,
    main: `
      var own = 0.0;
      for (var i = index; i < uniforms.size; i += uniforms.invocations) { if (isnan(x[i])) { own = 1.0; } }
      found[index] = own;
      workgroupBarrier();
      if (index > 0) { return; }
      for (var i = 1; i < ${WORKGROUP}; i++) { own = max(own, found[i]); }
      result[0] = own;`,
  });
  return output!;
});
