import {add, div, mul, slice, sqrt, square, squeeze, sub, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';

/** The options of TensorFlow.js's AdamOptimizer. */
export interface TfjsAdam {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly learningRate: number;
}

/**
 * The step of TensorFlow.js's AdamOptimizer for one variable, in its order of operations:
 *
 * `m = beta1 * first + (1 - beta1) g`, `v = beta2 * second + (1 - beta2) g^2`,
 * `p = value - learningRate * (m / (1 - power1)) / (sqrt(v / (1 - power2)) + epsilon)`.
 *
 * Inputs: `value`, `gradient`, `first`, `second`, all of one shape, and `powers`, `[2]`. Outputs: p, m and v.
 */
export const tfjsAdamStep = defineOp({
  kernelName: 'DiscreteTfjsAdamStep',
  shape: ({value}) => [value.shape, value.shape, value.shape],
  composed: (
    {
      value,
      gradient,
      first,
      second,
      powers,
    }: {value: Tensor; gradient: Tensor; first: Tensor; second: Tensor; powers: Tensor},
    {beta1, beta2, epsilon, learningRate}: TfjsAdam,
  ): Tensor[] => {
    const correction = (power: number) => sub(1, squeeze(slice(powers, [power], [1])));
    const newFirst: Tensor = add(mul(first, beta1), mul(gradient, 1 - beta1));
    const newSecond: Tensor = add(mul(second, beta2), mul(square(gradient), 1 - beta2));
    const root = add(sqrt(div(newSecond, correction(1))), epsilon);
    const step = div(div(newFirst, correction(0)), root);
    return [add(mul(step, -learningRate), value), newFirst, newSecond];
  },
});
