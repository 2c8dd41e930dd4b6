import {customGrad, type Tensor, zerosLike} from '@tensorflow/tfjs-core';
import {checkTensor} from './asFloat32.js';

/**
 * Passes `x` on and lets no gradient back.
 *
 * @param x Any shape and dtype.
 * @returns The same values; dL/dx is zero.
 * @throws If `x` is not a tensor.
 * @example
 * const slope = tf.grad((x: tf.Tensor) => tf.mul(x, functional.stopGradient(x)));
 * slope(tf.tensor1d([3])).print(); // 3, where the slope of x * x is 6
 */
export function stopGradient<T extends Tensor>(x: T): T {
  checkTensor('stopGradient', 'x', x);
  return customGrad((input) => ({
    value: (input as T).clone(),
    gradFunc: (dy) => zerosLike(dy),
  }))(x) as T;
}
