import type {Tensor} from '@tensorflow/tfjs-core';
import {invalid} from './validate.js';

/** What a logit may not be, and what it must be instead. */
const REQUIREMENTS = [
  [Number.NaN, 'numbers'],
  [Number.POSITIVE_INFINITY, 'less than Infinity'],
  [Number.NEGATIVE_INFINITY, 'more than -Infinity for at least one category'],
] as const;

/** Why sampling gave NaN: which value among the logits leaves a row without a distribution. */
export function explainNaN(owner: string, logits: Tensor): Error {
  const values = logits.dataSync<'float32'>();
  for (const [value, requirement] of REQUIREMENTS) {
    if (values.some((logit) => Object.is(logit, value))) return invalid(owner, 'logits', requirement, value);
  }
  const largest = values.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  return invalid(owner, 'logits', 'small enough to be divided by the temperature', largest);
}
