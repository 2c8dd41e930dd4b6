import {add, clipByValue, div, mul, sqrt, square, sub, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';

/** The numbers of one step, the same for all variables, none of them a tensor. */
export interface AdamStep {
  readonly beta1: number;
  readonly beta2: number;
  /** Gradients are cut off at plus and minus this; 0 for no limit. */
  readonly clipValue: number;
  /** What of the value is added to its gradient. */
  readonly l2: number;
  /** What the value is multiplied by first, at most 1. */
  readonly decay: number;
  /** Multiplies the root of the second moment. */
  readonly rootScale: number;
  readonly epsilon: number;
  readonly stepSize: number;
  /** What of the average is kept. */
  readonly ema: number;
}

/** A variable with its gradient and state, all of one shape, `float32`. */
export interface AdamStepInputs {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  /** Moving average of the value, where one is kept. */
  readonly average?: Tensor | undefined;
  /** Multiplies the gradient; a scalar. */
  readonly gradientScale?: Tensor | undefined;
}

/**
 * One step of Adam and its relatives for one variable:
 *
 * `g = clip(gradientScale * gradient) + l2 * value`, `m = beta1 * first + (1 - beta1) g`,
 * `v = beta2 * second + (1 - beta2) g^2`, `p = decay * value - stepSize * m / (rootScale * sqrt(v) + epsilon)`,
 * `a = ema * average + (1 - ema) p`.
 *
 * A kernel may reuse the memory of `first`, `second` and `average` where nothing else refers to it: whoever calls
 * this keeps the outputs in their place. `tfjs-discrete/wasm` has one that takes a single pass.
 *
 * Outputs: p, m, v and, where an average is kept, a.
 */
export const adamStep = defineOp({
  kernelName: 'DiscreteAdamStep',
  shape: ({value, average}) => Array.from({length: average === undefined ? 3 : 4}, () => value.shape),
  composed: (
    {value, gradient, first, second, average, gradientScale}: AdamStepInputs,
    step: AdamStep,
  ): Tensor[] => {
    const scaled = gradientScale === undefined ? gradient : mul(gradient, gradientScale);
    const clipped = step.clipValue > 0 ? clipByValue(scaled, -step.clipValue, step.clipValue) : scaled;
    const g = step.l2 > 0 ? add(clipped, mul(value, step.l2)) : clipped;
    const newFirst: Tensor = add(mul(first, step.beta1), mul(g, 1 - step.beta1));
    const newSecond: Tensor = add(mul(second, step.beta2), mul(square(g), 1 - step.beta2));
    const root = add(mul(sqrt(newSecond), step.rootScale), step.epsilon);
    const kept = step.decay < 1 ? mul(value, step.decay) : value;
    const newValue: Tensor = sub(kept, div(mul(newFirst, step.stepSize), root));
    if (average === undefined) return [newValue, newFirst, newSecond];
    return [newValue, newFirst, newSecond, add(mul(average, step.ema), mul(newValue, 1 - step.ema))];
  },
});
