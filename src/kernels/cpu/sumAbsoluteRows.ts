import {sumAbsoluteRows} from '../ops/sumAbsoluteRows.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const sumAbsoluteRowsOnCpu = sumAbsoluteRows.kernelOn<CpuBackend>(
  'cpu',
  ({x}, attributes, backend) => {
    const [output, out] = makeOutput(backend, sumAbsoluteRows.shape({x}, attributes));
    addAbsoluteRows(floatsOf(backend, x), out);
    return output;
  },
);

/** Adds each column's sum of magnitudes of `x` `[rows, columns]` to `out` `[columns]`. */
export function addAbsoluteRows(x: Float32Array, out: Float32Array): void {
  for (let begin = 0; begin < x.length; begin += out.length) {
    for (let column = 0; column < out.length; column++) out[column]! += Math.abs(x[begin + column]!);
  }
}
