import {ones, tensor} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {resolveEstimator} from '../../src/functional/estimators/index.js';
import {
  decoupledCategorical,
  logicGates,
  stochasticBinary,
  type TemperatureArgs,
} from '../../src/functional/index.js';
import {resolveTemperatures} from '../../src/functional/temperatures.js';

const resolve = (id: string, args: TemperatureArgs) =>
  resolveTemperatures('test', resolveEstimator('test', id, 'gate'), args);

describe('resolveTemperatures', () => {
  it.each([
    ['decoupled', {}, [1, 1]],
    ['decoupled', {temperature: 0.3}, [0.3, 0.3]],
    ['decoupled', {forwardTemperature: 0.1}, [0.1, 1]],
    ['decoupled', {backwardTemperature: 0.7}, [1, 0.7]],
    ['decoupled', {forwardTemperature: 0, backwardTemperature: 0.7}, [0, 0.7]],
    ['decoupledGumbel', {forwardTemperature: 0.1, backwardTemperature: 2}, [0.1, 2]],
    ['decoupled', {temperature: 2, forwardTemperature: 2}, [2, 2]],
    ['softmax', {}, [1, 1]],
    ['softmax', {forwardTemperature: 0.4}, [0.4, 0.4]],
    ['gumbel', {backwardTemperature: 0.4}, [0.4, 0.4]],
    ['gumbelSoftmax', {forwardTemperature: 0.4, backwardTemperature: 0.4}, [0.4, 0.4]],
    ['soft', {temperature: 3}, [3, 3]],
    ['reinMax', {temperature: 1}, [1, 1]],
    ['identity', {}, [1, 1]],
    ['identity', {forwardTemperature: 1, backwardTemperature: 1}, [1, 1]],
  ])('%s given %o', (id, args, [forward, backward]) => {
    expect(resolve(id, args)).toEqual({forward, backward});
  });

  const positive = 'must be a finite number > 0, got';
  const float32 = 'must be between 1.2e-38 and 3.4e38, the range of float32, got';
  const single = 'because estimator';
  it.each([
    ['decoupled', {backwardTemperature: 0}, `\`backwardTemperature\` ${positive} 0.`],
    ['decoupled', {backwardTemperature: -1}, `\`backwardTemperature\` ${positive} -1.`],
    ['decoupled', {backwardTemperature: Infinity}, `\`backwardTemperature\` ${positive} Infinity.`],
    ['decoupled', {backwardTemperature: '1' as never}, `\`backwardTemperature\` ${positive} "1".`],
    ['decoupled', {temperature: 0}, `\`temperature\` ${positive} 0.`],
    ['decoupled', {temperature: Number.NaN}, `\`temperature\` ${positive} NaN.`],
    ['decoupled', {forwardTemperature: -0.1}, '`forwardTemperature` must be a finite number >= 0, got -0.1.'],
    [
      'decoupled',
      {forwardTemperature: null as never},
      '`forwardTemperature` must be a finite number >= 0, got null.',
    ],
    ['softmax', {forwardTemperature: 0}, `\`forwardTemperature\` ${positive} 0.`],
    ['decoupled', {forwardTemperature: 1e-46}, `\`forwardTemperature\` ${float32} 1e-46.`],
    ['decoupled', {forwardTemperature: 1e39}, `\`forwardTemperature\` ${float32} 1e+39.`],
    ['decoupled', {backwardTemperature: 1e-46}, `\`backwardTemperature\` ${float32} 1e-46.`],
    ['softmax', {temperature: 1e39}, `\`temperature\` ${float32} 1e+39.`],
    ['softmax', {forwardTemperature: 1e-40}, `\`forwardTemperature\` ${float32} 1e-40.`],
    [
      'decoupled',
      {temperature: 1, forwardTemperature: 0.5},
      '`forwardTemperature` must be left out or equal to `temperature` (1), got 0.5.',
    ],
    [
      'softmax',
      {temperature: 1, backwardTemperature: 0.5},
      '`backwardTemperature` must be left out or equal to `temperature` (1), got 0.5.',
    ],
    ...['softmax', 'gumbel', 'gumbelSoftmax', 'soft', 'reinMax'].map(
      (id) =>
        [
          id,
          {forwardTemperature: 1, backwardTemperature: 2},
          `\`backwardTemperature\` must be equal to \`forwardTemperature\` (1), ${single} '${id}' takes a single temperature, got 2.`,
        ] as [string, TemperatureArgs, string],
    ),
    ...(['temperature', 'forwardTemperature', 'backwardTemperature'] as const).map(
      (field) =>
        [
          'identity',
          {[field]: 3},
          `\`${field}\` must be left out or 1, ${single} 'identity' takes no temperatures, got 3.`,
        ] as [string, TemperatureArgs, string],
    ),
    ['reinMax', {temperature: 0.99}, "`temperature` must be >= 1 for estimator 'reinMax', got 0.99."],
    ['reinMax', {backwardTemperature: 0.5}, "`temperature` must be >= 1 for estimator 'reinMax', got 0.5."],
  ] as [string, TemperatureArgs, string][])('%s rejects %o', (id, args, message) => {
    expect(() => resolve(id, args)).toThrow(new Error(`test: ${message}`));
  });

  it('names the function that was called', () => {
    const bad = {backwardTemperature: 0, seed: 1};
    const tail = 'must be a finite number > 0, got 0.';
    const x = ones([1, 2]);
    expect(() => decoupledCategorical(x, bad)).toThrow(
      new Error(`decoupledCategorical: \`backwardTemperature\` ${tail}`),
    );
    expect(() => stochasticBinary(x, bad)).toThrow(
      new Error(`stochasticBinary: \`backwardTemperature\` ${tail}`),
    );
    expect(() => logicGates(x, ones([1, 16]), tensor([[0, 1]], undefined, 'int32'), bad)).toThrow(
      new Error(`logicGates: \`backwardTemperature\` ${tail}`),
    );
  });
});
