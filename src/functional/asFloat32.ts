import {cast, type Tensor} from '@tensorflow/tfjs-core';

/** `x` itself where it is `float32`: wasm's `cast` copies even then. */
export function asFloat32(x: Tensor): Tensor {
  return x.dtype === 'float32' ? x : cast(x, 'float32');
}
