import {memory, type Tensor} from '@tensorflow/tfjs-core';
import {layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import type {StochasticBinaryArgs} from '../../src/layers/index.js';
import {expectFrequency, expectRows, sigmoidOf} from '../support/expectations.js';
import {inputGradient, numbersOf, repeatedRow, uniformTensor} from '../support/values.js';

const make = (args: StochasticBinaryArgs = {}) => layers.stochasticBinary({seed: 1, name: 'bits', ...args});
const run = (args: StochasticBinaryArgs, x: Tensor, training = false) =>
  numbersOf(make(args).apply(x, {training}) as Tensor);

describe('StochasticBinary', () => {
  it('samples ones with probability sigmoid(logit / forwardTemperature)', () => {
    const rows = 20_000;
    const logits = [-3, -0.5, 0, 1, 4];
    const sampled = run({forwardTemperature: 2, backwardTemperature: 0.3}, repeatedRow(logits, rows), true);
    logits.forEach((logit, unit) => {
      const ones = sampled.filter((bit, i) => i % logits.length === unit && bit === 1).length;
      expectFrequency(ones, rows, sigmoidOf(logit / 2));
    });
    expect(new Set(sampled)).toEqual(new Set([0, 1]));
  });

  it('evaluates to 1 where the logit is above 0', () => {
    const x = uniformTensor([7, 3, 2], -1, 1, 2);
    expect(run({}, x)).toEqual([...x.dataSync()].map((logit) => Number(logit > 0)));
  });

  it.each([true, false])("maps 0 and 1 to -1 and 1 with 'plusMinusOne', training: %s", (training) => {
    const x = uniformTensor([40, 5], -1, 1, 3);
    const bits = run({}, x, training);
    expect(run({values: 'plusMinusOne'}, x, training)).toEqual(bits.map((bit) => 2 * bit - 1));
  });

  it.each([
    ['zeroOne', 1],
    ['plusMinusOne', 2],
  ] as const)("back-propagates sigmoid'(logit / tb) / tb, with %s times %i", (values, factor) => {
    const [x, dy] = [uniformTensor([6, 5], -2, 2, 4), uniformTensor([6, 5], -1, 1, 5)];
    const args = {values, forwardTemperature: 5, backwardTemperature: 0.6};
    const wanted = [...x.dataSync()].map((logit, i) => {
      const p = sigmoidOf(logit / 0.6);
      return [(factor * dy.dataSync()[i]! * p * (1 - p)) / 0.6];
    });
    for (const training of [true, false])
      expectRows(inputGradient(make(args), x, dy, training), wanted, 1e-5);
  });

  it("leaves no tensor behind with 'plusMinusOne'", () => {
    const x = uniformTensor([4, 5], -1, 1, 3);
    const before = memory().numTensors;
    run({values: 'plusMinusOne'}, x, true);
    expect(memory().numTensors).toBe(before);
  });

  it('takes samples that are lone numbers', () => {
    const sampled = run({}, uniformTensor([100], -1, 1, 6), true);
    expect(sampled).toHaveLength(100);
    expect(new Set(sampled)).toEqual(new Set([0, 1]));
  });
});
