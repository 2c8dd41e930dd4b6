import {abs, sum, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';

/** Sums of magnitudes down each column of `x`, `[rows, columns]`. Output: `[columns]`. */
export const sumAbsoluteRows = defineOp({
  kernelName: 'DiscreteSumAbsoluteRows',
  shape: ({x}) => [x.shape[1]!],
  composed: ({x}: {x: Tensor}) => sum(abs(x), 0) as Tensor,
});
