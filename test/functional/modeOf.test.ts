import {grad, type Tensor, tensor} from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {decoupledCategorical, stochasticBinary} from '../../src/functional/index.js';
import {modeOf} from '../../src/functional/modeOf.js';
import {straightThrough} from '../../src/functional/straightThrough.js';
import {arbitrary, KERNEL_FORMS, valuesOf} from '../support/expectations.js';

describe.each(KERNEL_FORMS)('evaluation by mode, %s', (_, useForms) => {
  beforeAll(useForms);

  it('takes the largest logit of each row, and the sign of each lone logit', () => {
    const logits = tensor([1, 3, 2, 0, -1, -2], [2, 3]);
    const categories = straightThrough(logits, modeOf('test', 'categorical', 1));
    expect([...valuesOf(categories)]).toEqual([0, 1, 0, 1, 0, 0]);
    expect([...valuesOf(straightThrough(logits, modeOf('test', 'binary', 1)))]).toEqual([1, 1, 1, 0, 0, 0]);
  });

  it('takes the coefficients of the gate’s mode', () => {
    const xor = Array.from({length: 16}, (_, gate) => (gate === 6 ? 2 : 0));
    const coefficients = straightThrough(tensor([xor]), modeOf('test', 'gate', 1));
    expect([...valuesOf(coefficients)]).toEqual([0, 1, 1, -2]);
  });

  it.each([
    ['categorical', decoupledCategorical],
    ['binary', stochasticBinary],
  ] as const)(
    'back-propagates J(tb)^T dz of %s units, as `decoupled` does at the same tb',
    (unit, sample) => {
      const [logits, dy] = [arbitrary([4, 5], 2, 1), arbitrary([4, 5], 2, 2)];
      const byMode = grad((l: Tensor) => straightThrough(l, modeOf('test', unit, 0.7)))(logits, dy);
      const bySample = grad((l: Tensor) =>
        sample(l, {forwardTemperature: 3, backwardTemperature: 0.7, seed: 1}),
      )(logits, dy);
      expect(valuesOf(byMode)).toEqual(valuesOf(bySample));
    },
  );

  it('rejects NaN by the name of its owner', () => {
    const poisoned = tensor([[Number.NaN, 1]]);
    expect(() => straightThrough(poisoned, modeOf('MyLayer', 'categorical', 1))).toThrow(
      'MyLayer: `logits` must be numbers, got NaN.',
    );
  });
});
