import type {Tensor} from '@tensorflow/tfjs-core';
import {
  composedGlobalNorm,
  composedHasNaN,
  composedSumAbsoluteRows,
  composedSumRows,
} from './composed/reductions.js';
import {runKernel} from './run.js';

/** L2 norm of all elements of all of `tensors`, a `float32` scalar; plus `onto`, a scalar, where there is one. */
export function globalNorm(tensors: readonly Tensor[], onto?: Tensor): Tensor {
  const inputs = {...Object.fromEntries(tensors.map((x, i) => [`x${i}`, x])), ...(onto && {onto})};
  return runKernel('DiscreteGlobalNorm', inputs, {}, () => composedGlobalNorm(tensors, onto));
}

/** Sums down each column, `[rows, columns]` to `[columns]`; plus `onto`, `[columns]`, where there is one. */
export function sumRows(x: Tensor, onto?: Tensor): Tensor {
  return runKernel('DiscreteSumRows', {x, ...(onto && {onto})}, {}, () => composedSumRows(x, onto));
}

/** Sums of magnitudes down each column, `[rows, columns]` to `[columns]`. */
export function sumAbsoluteRows(x: Tensor): Tensor {
  return runKernel('DiscreteSumAbsoluteRows', {x}, {}, () => composedSumAbsoluteRows(x));
}

/** 1 where an element of `x` is NaN, else 0, a `float32` scalar. `x` has at least one. */
export function hasNaN(x: Tensor): Tensor {
  return runKernel('DiscreteHoldsNaN', {x}, {}, () => composedHasNaN(x));
}
