import {type DataType, type Tensor, type TypedArray, tensor} from '@tensorflow/tfjs-core';
import type {Initializer} from '@tensorflow/tfjs-layers/dist/initializers.js';

/** An initializer that hands out values computed beforehand. Loading replaces it by zeros, then by the saved weight. */
export function fromValues(values: TypedArray | number[]): Initializer {
  return {
    apply: (shape: number[], dtype?: DataType): Tensor => tensor(values, shape, dtype),
  } as unknown as Initializer;
}
