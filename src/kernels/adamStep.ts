import {type Tensor, tidy} from '@tensorflow/tfjs-core';
import {composedAdamStep} from './composed/adamStep.js';
import {hasKernel, runFast} from './run.js';

/** Name of the kernel; `tfjs-discrete/wasm` has one that takes a single pass. */
export const ADAM_STEP = 'DiscreteAdamStep';

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
  readonly average?: Tensor;
  /** Multiplies the gradient; a scalar. */
  readonly gradientScale?: Tensor;
}

/**
 * One step of Adam and its relatives for one variable:
 *
 * `g = clip(gradientScale * gradient) + l2 * value`, `m = beta1 * first + (1 - beta1) g`,
 * `v = beta2 * second + (1 - beta2) g^2`, `p = decay * value - stepSize * m / (rootScale * sqrt(v) + epsilon)`,
 * `a = ema * average + (1 - ema) p`.
 *
 * An implementation may reuse the memory of `first`, `second` and `average` where nothing else refers to it: whoever calls
 * this keeps the outputs in their place.
 *
 * @returns p, m, v and, where an average is kept, a.
 */
export function adamStep(inputs: AdamStepInputs, step: AdamStep): Tensor[] {
  return tidy(() => {
    if (!hasKernel(ADAM_STEP)) return composedAdamStep(inputs, step);
    const given = Object.entries(inputs).filter(([, tensor]) => tensor !== undefined);
    return runFast(ADAM_STEP, Object.fromEntries(given), {...step}) as Tensor[];
  });
}
