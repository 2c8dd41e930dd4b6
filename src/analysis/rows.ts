import {slice, type Tensor} from '@tensorflow/tfjs-core';

/** Rows `begin` to `begin + size` of a tensor, samples first. */
export function rows(tensor: Tensor, begin: number, size: number): Tensor {
  return slice(tensor, begin, Math.min(size, tensor.shape[0]! - begin));
}
