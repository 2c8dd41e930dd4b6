import type {Tensor} from '@tensorflow/tfjs-core';
import {
  composedHoldsNaN,
  composedSumAbsoluteRows,
  composedSumOfSquares,
  composedSumRows,
} from './composed/reductions.js';
import {runKernel} from './run.js';

/** Sum of the squares of all elements, a `float32` scalar. */
export function sumOfSquares(x: Tensor): Tensor {
  return runKernel('DiscreteSumOfSquares', {x}, {}, () => composedSumOfSquares(x));
}

/** Sums down each column, `[rows, columns]` to `[columns]`. */
export function sumRows(x: Tensor): Tensor {
  return runKernel('DiscreteSumRows', {x}, {}, () => composedSumRows(x));
}

/** Sums of magnitudes down each column, `[rows, columns]` to `[columns]`. */
export function sumAbsoluteRows(x: Tensor): Tensor {
  return runKernel('DiscreteSumAbsoluteRows', {x}, {}, () => composedSumAbsoluteRows(x));
}

/** 1 where an element of `x` is NaN, else 0, a `float32` scalar. `x` has at least one. */
export function holdsNaN(x: Tensor): Tensor {
  return runKernel('DiscreteHoldsNaN', {x}, {}, () => composedHoldsNaN(x));
}
