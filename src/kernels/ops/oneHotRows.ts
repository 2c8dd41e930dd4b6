import {cast, equal, expandDims, range, type Tensor} from '@tensorflow/tfjs-core';

/**
 * One-hot rows, `float32`, by comparison: `oneHot` rejects a single category, and on wasm with dtype float32 it
 * writes the bits of an integer 1.
 */
export function oneHotRows(category: Tensor, categories: number): Tensor {
  return cast(equal(expandDims(category, -1), range(0, categories, 1, 'int32')), 'float32');
}
