import {sumAbsoluteRows} from '../ops/sumAbsoluteRows.js';
import {int, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

export const sumAbsoluteRowsOnWebGl = sumAbsoluteRows.kernelOn<WebGlBackend>('webgl', ({x}, _, backend) => {
  const [rows, columns] = x.shape as [number, number];
  return runProgram(backend, {
    inputs: {x},
    uniforms: {rows: int(rows), columns: int(columns)},
    shape: [columns],
    main: `
      float sum = 0.0;
      for (int row = 0; row < rows; row++) { sum += abs(getX(row * columns + index)); }
      return sum;`,
  });
});
