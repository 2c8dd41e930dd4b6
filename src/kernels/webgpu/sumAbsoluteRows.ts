import {sumAbsoluteRows} from '../ops/sumAbsoluteRows.js';
import {i32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

export const sumAbsoluteRowsOnWebGpu = sumAbsoluteRows.kernelOn<WebGpuBackend>(
  'webgpu',
  ({x}, _, backend) => {
    const [rows, columns] = x.shape as [number, number];
    const [output] = runProgram(backend, {
      name: 'SumAbsoluteRows',
      inputs: {x},
      uniforms: {rows: i32(rows), columns: i32(columns)},
      outputs: {result: [columns]},
      invocations: columns,
      main: `
        var sum = 0.0;
        for (var row = 0; row < uniforms.rows; row++) { sum += abs(x[row * uniforms.columns + index]); }
        result[index] = sum;`,
    });
    return output!;
  },
);
