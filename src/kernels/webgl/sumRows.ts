import {sumRows} from '../ops/sumRows.js';
import {int, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

export const sumRowsOnWebGl = sumRows.kernelOn<WebGlBackend>('webgl', ({x, onto}, _, backend) => {
  const [rows, columns] = x.shape as [number, number];
  return runProgram(backend, {
    inputs: {x, ...(onto && {onto})},
    uniforms: {rows: int(rows), columns: int(columns)},
    shape: [columns],
    main: `
      float sum = 0.0;
      for (int row = 0; row < rows; row++) { sum += getX(row * columns + index); }
      return ${onto === undefined ? 'sum' : 'getOnto(index) + sum'};`,
  });
});
