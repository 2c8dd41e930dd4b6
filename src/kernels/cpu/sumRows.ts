import {sumRows} from '../ops/sumRows.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const sumRowsOnCpu = sumRows.kernelOn<CpuBackend>('cpu', ({x, onto}, attributes, backend) => {
  const [output, out] = makeOutput(backend, sumRows.shape({x, onto}, attributes));
  if (onto !== undefined) out.set(floatsOf(backend, onto));
  addRows(floatsOf(backend, x), out);
  return output;
});

/** Adds each column's sum of `x` `[rows, columns]` to `out` `[columns]`. */
export function addRows(x: Float32Array, out: Float32Array): void {
  for (let begin = 0; begin < x.length; begin += out.length) {
    for (let column = 0; column < out.length; column++) out[column]! += x[begin + column]!;
  }
}
