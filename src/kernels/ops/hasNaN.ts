import {any, cast, isNaN as isNaNOf, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';

/** 1 where an element of `x` is NaN, else 0. Input: at least one element. Output: a `float32` scalar. */
export const hasNaN = defineOp({
  kernelName: 'DiscreteHasNaN',
  shape: () => [],
  composed: ({x}: {x: Tensor}) => cast(any(isNaNOf(x)), 'float32') as Tensor,
});
