import type {TensorInfo} from '@tensorflow/tfjs-core';
import {sumOfSquares} from '../loops/sumOfSquares.js';
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
