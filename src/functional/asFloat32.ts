import {cast, Tensor} from '@tensorflow/tfjs-core';
import {invalid} from './validate.js';

/** `x` itself where it is `float32`: wasm's `cast` copies even then. */
export function asFloat32(x: Tensor): Tensor {
  return x.dtype === 'float32' ? x : cast(x, 'float32');
}

const REAL = ['float32', 'int32', 'bool'];

/**
 * `asFloat32`, for what a caller passes.
 *
 * @throws If `x` holds complex numbers or strings.
 */
export function realAsFloat32(owner: string, field: string, x: Tensor): Tensor {
  checkReal(owner, field, x);
  return asFloat32(x);
}

/** @throws Unless `x` is a tensor. */
export function checkTensor(owner: string, field: string, x: unknown): void {
  if (!(x instanceof Tensor)) throw invalid(owner, field, 'a tensor', x);
}

/** @throws Unless `x` is a tensor of real numbers. */
export function checkReal(owner: string, field: string, x: Tensor): void {
  checkTensor(owner, field, x);
  if (!REAL.includes(x.dtype)) throw invalid(owner, field, `of dtype ${REAL.join(', ')}`, x.dtype);
}
