import type {TensorInfo} from '@tensorflow/tfjs-core';
import {globalNorm} from '../ops/globalNorm.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const globalNormOnCpu = globalNorm.kernelOn<CpuBackend>(
  'cpu',
  ({onto, ...tensors}, attributes, backend) => {
    const [output, out] = makeOutput(backend, globalNorm.shape({onto, ...tensors}, attributes));
    const arrays = Object.values(tensors).map((x) => floatsOf(backend, x as TensorInfo));
    const norm = Math.sqrt(arrays.reduce((sum, x) => sum + sumOfSquares(x), 0));
    out[0] = onto === undefined ? norm : floatsOf(backend, onto)[0]! + norm;
    return output;
  },
);

/** Sum of the squares of all elements, in double precision. */
export function sumOfSquares(x: Float32Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i]! * x[i]!;
  return total;
}
