import {memory, type Tensor, tensor} from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {BUILT_IN_ESTIMATORS, decoupledCategorical, stochasticBinary} from '../../src/functional/index.js';
import {KERNEL_FORMS, valuesOf} from '../support/expectations.js';

const IDS = BUILT_IN_ESTIMATORS.filter(({units}) => units === undefined).map(({id}) => id);

describe.each(KERNEL_FORMS)('logits without a distribution, %s', (_, useForms) => {
  beforeAll(useForms);

  const sample = (logits: Tensor, estimator: string) => decoupledCategorical(logits, {estimator, seed: 1});

  it.each(IDS)('%s: NaN, +Infinity and a row of -Infinity are rejected, each by its name', (estimator) => {
    const rejections = [
      [[0, Number.NaN, Infinity], 'numbers, got NaN.'],
      [[0, Infinity, 1], 'less than Infinity, got Infinity.'],
      [[-Infinity, -Infinity, -Infinity], 'more than -Infinity for at least one category, got -Infinity.'],
    ] as const;
    for (const [row, message] of rejections) {
      const logits = tensor([[0, 1, 2], row]);
      const before = memory().numTensors;
      expect(() => sample(logits, estimator)).toThrow(`decoupledCategorical: \`logits\` must be ${message}`);
      expect(memory().numTensors).toBe(before);
      logits.dispose();
    }
  });

  it.each(IDS)('%s: a masked category and a certain bit are none of these', (estimator) => {
    expect(valuesOf(sample(tensor([[-Infinity, 0]]), estimator))).toEqual(Float32Array.of(0, 1));
    const bits = stochasticBinary(tensor([Infinity, -Infinity]), {estimator, seed: 1});
    expect(valuesOf(bits)).toEqual(Float32Array.of(1, 0));
  });
});

it('a division that overflows is named too', () => {
  const logits = tensor([[3e38, 0]]);
  const f = () => decoupledCategorical(logits, {estimator: 'gumbelSoftmax', temperature: 1e-3, seed: 1});
  expect(f).toThrow('`logits` must be small enough to be divided by the temperature, got 3');
});
