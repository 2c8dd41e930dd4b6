import {add, matMul, randomUniform, slice, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {repeat, type Workload} from './Workload.js';

export interface KernelSizes {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** Single kernels: a product with one weight again and again or with a new one each time, and a slice of one column. */
export function kernels({rows, inner, columns}: KernelSizes): Workload {
  const x = randomUniform([rows, inner], 0, 1, 'float32', 1);
  const weight = randomUniform([inner, columns], 0, 1, 'float32', 2);
  const compute = (make: () => Tensor) => repeat(() => tidy(() => void make()));
  return {
    variants: {
      repeatedWeight: compute(() => matMul(x, weight)),
      newWeight: compute(() => matMul(x, add(weight, 0))),
      column: compute(() => slice(weight, [0, columns - 1], [inner, 1])),
    },
  };
}
