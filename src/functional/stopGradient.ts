import {customGrad, type Tensor, zerosLike} from '@tensorflow/tfjs-core';

/**
 * Passes `x` on and lets no gradient back.
 *
 * @param x Any shape.
 * @returns The same values; dL/dx is zero.
 */
export function stopGradient<T extends Tensor>(x: T): T {
  return customGrad((input) => ({
    value: (input as T).clone(),
    gradFunc: (dy) => zerosLike(dy),
  }))(x) as T;
}
