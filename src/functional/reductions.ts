import type {Tensor} from '@tensorflow/tfjs-core';
import * as kernels from '../kernels/index.js';

/** L2 norm of all elements of all of `tensors`, a `float32` scalar; plus `onto`, a scalar, where there is one. */
export function globalNorm(tensors: readonly Tensor[], onto?: Tensor): Tensor {
  return kernels.globalNorm({...Object.fromEntries(tensors.map((x, i) => [`x${i}`, x])), onto});
}

/** Sums down each column, `[rows, columns]` to `[columns]`; plus `onto`, `[columns]`, where there is one. */
export function sumRows(x: Tensor, onto?: Tensor): Tensor {
  return kernels.sumRows({x, onto});
}

/** Sums of magnitudes down each column, `[rows, columns]` to `[columns]`. */
export function sumAbsoluteRows(x: Tensor): Tensor {
  return kernels.sumAbsoluteRows({x});
}
