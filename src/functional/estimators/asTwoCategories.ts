import {slice, squeeze, stack, type Tensor, zerosLike} from '@tensorflow/tfjs-core';
import type {Rule} from './Estimator.js';

/** A bit as the first of the two categories with logits (l, 0). */
export function asTwoCategories(rule: Rule): Rule {
  return {
    forward: (logits, temperatures, key) => {
      const {value, residuals} = rule.forward(pair(logits), temperatures, key);
      return residuals === undefined ? {value: first(value)} : {value: first(value), residuals};
    },
    backward: (dy, {logits, ...context}) =>
      first(rule.backward(pair(dy), {logits: pair(logits), ...context})),
  };
}

function pair(x: Tensor): Tensor {
  return stack([x, zerosLike(x)], -1);
}

function first(x: Tensor): Tensor {
  const begin = x.shape.map(() => 0);
  return squeeze(slice(x, begin, [...x.shape.slice(0, -1), 1]), [-1]);
}
