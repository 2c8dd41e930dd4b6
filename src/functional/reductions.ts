import {abs, sum, type Tensor} from '@tensorflow/tfjs-core';

/** Sum of |x| over the rows of `[rows, columns]`, `[columns]`. */
export function sumAbsoluteRows(x: Tensor): Tensor {
  return sum(abs(x), 0);
}
