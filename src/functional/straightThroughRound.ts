import {clipByValue, customGrad, div, mul, round, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {realAsFloat32} from './asFloat32.js';
import {checkOptions} from './checkOptions.js';
import {wholeNumber} from './validate.js';

/** Arguments of `straightThroughRound`. */
export interface StraightThroughRoundArgs {
  /** How many evenly spaced values from 0 to 1 there are, >= 2. Left out: all integers. */
  levels?: number;
}

/**
 * Rounds with a straight-through gradient: it passes unchanged, except where `levels` clips the input.
 *
 * Without `levels`: to the nearest integer, halves to even. With `levels` n: clips to [0, 1], then to the
 * nearest of 0, 1/(n-1), ..., 1; the gradient is zero where the input was clipped.
 *
 * @param x Any shape.
 * @returns `float32`, shaped like `x`.
 * @throws If `levels` is not a whole number >= 2, or `x` holds complex numbers or strings.
 * @see Bengio et al., arXiv:1308.3432.
 * @example
 * functional.straightThroughRound(tf.tensor1d([0.2, 0.9]), {levels: 3}).print(); // 0, 1
 */
export function straightThroughRound<T extends Tensor>(x: T, args: StraightThroughRoundArgs = {}): T {
  const owner = 'straightThroughRound';
  checkOptions(owner, args, ['levels']);
  const {levels} = args;
  const steps = levels === undefined ? undefined : wholeNumber(owner, 'levels', levels, 2) - 1;
  return tidy(() => {
    const real = realAsFloat32(owner, 'x', x) as T;
    if (steps === undefined) return roundThrough(real);
    return div(roundThrough(mul(clipByValue(real, 0, 1), steps)), steps);
  });
}

function roundThrough<T extends Tensor>(x: T): T {
  return customGrad((input) => ({
    value: round(input as T),
    gradFunc: (dy) => dy.clone(),
  }))(x) as T;
}
