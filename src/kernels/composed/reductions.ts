import {abs, any, cast, isNaN as isNaNOf, square, sum, type Tensor} from '@tensorflow/tfjs-core';

export function composedSumOfSquares(x: Tensor): Tensor {
  return sum(square(x));
}

export function composedSumRows(x: Tensor): Tensor {
  return sum(x, 0);
}

export function composedSumAbsoluteRows(x: Tensor): Tensor {
  return sum(abs(x), 0);
}

export function composedHoldsNaN(x: Tensor): Tensor {
  return cast(any(isNaNOf(x)), 'float32');
}
