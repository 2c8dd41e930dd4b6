import {sumRows} from '../ops/sumRows.js';
import {i32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

export const sumRowsOnWebGpu = sumRows.kernelOn<WebGpuBackend>('webgpu', ({x, onto}, _, backend) => {
  const [rows, columns] = x.shape as [number, number];
  const [output] = runProgram(backend, {
    name: onto === undefined ? 'SumRows' : 'SumRowsOnto',
    inputs: {x, ...(onto && {onto})},
    uniforms: {rows: i32(rows), columns: i32(columns)},
    outputs: {result: [columns]},
    invocations: columns,
    main: `
      var sum = 0.0;
      for (var row = 0; row < uniforms.rows; row++) { sum += x[row * uniforms.columns + index]; }
      result[index] = ${onto === undefined ? 'sum' : 'onto[index] + sum'};`,
  });
  return output!;
});
