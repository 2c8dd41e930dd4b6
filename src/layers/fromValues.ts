import {type DataType, type Tensor, type TypedArray, tensor} from '@tensorflow/tfjs-core';
import type {Initializer} from '@tensorflow/tfjs-layers/dist/initializers.js';

/**
 * An initializer whose values `compute` gives.
 *
 * Loading replaces it by zeros, then by the saved weight, so that a saved model's values are never computed.
 */
export function fromValues(compute: () => TypedArray | number[]): Initializer {
  return {
    apply: (shape: number[], dtype?: DataType): Tensor => tensor(compute(), shape, dtype),
  } as unknown as Initializer;
}
