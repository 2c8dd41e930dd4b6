import {add, sum, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';

/**
 * Sums down each column of `x`, `[rows, columns]`, plus `onto`, `[columns]`, where there is one. Output: `[columns]`.
 */
export const sumRows = defineOp({
  kernelName: 'DiscreteSumRows',
  shape: ({x}) => [x.shape[1]!],
  composed: ({x, onto}: {x: Tensor; onto?: Tensor | undefined}) =>
    (onto === undefined ? sum(x, 0) : add(onto, sum(x, 0))) as Tensor,
});
