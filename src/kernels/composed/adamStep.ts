import {add, clipByValue, div, mul, sqrt, square, sub, type Tensor} from '@tensorflow/tfjs-core';
import type {AdamStep, AdamStepInputs} from '../adamStep.js';

export function composedAdamStep(
  {value, gradient, first, second, average, gradientScale}: AdamStepInputs,
  step: AdamStep,
): Tensor[] {
  const scaled = gradientScale === undefined ? gradient : mul(gradient, gradientScale);
  const clipped = step.clipValue > 0 ? clipByValue(scaled, -step.clipValue, step.clipValue) : scaled;
  const g = step.l2 > 0 ? add(clipped, mul(value, step.l2)) : clipped;
  const newFirst = add(mul(first, step.beta1), mul(g, 1 - step.beta1));
  const newSecond = add(mul(second, step.beta2), mul(square(g), 1 - step.beta2));
  const root = add(mul(sqrt(newSecond), step.rootScale), step.epsilon);
  const kept = step.decay < 1 ? mul(value, step.decay) : value;
  const newValue = sub(kept, div(mul(newFirst, step.stepSize), root));
  if (average === undefined) return [newValue, newFirst, newSecond];
  return [newValue, newFirst, newSecond, add(mul(average, step.ema), mul(newValue, 1 - step.ema))];
}
