import {
  cast,
  getBackend,
  grad,
  grads,
  memory,
  randomUniform as platformUniform,
  profile,
  sum,
  type Tensor,
  tensor,
  tidy,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  BUILT_IN_ESTIMATORS,
  decoupledCategorical,
  logicGates,
  sampleConnections,
  stochasticBinary,
  stopGradient,
  straightThroughRound,
} from '../../src/functional/index.js';
import {gumbelNoise, logisticNoise} from '../../src/functional/random.js';
import {arbitrary, KERNEL_FORMS, tensorsLeftBy} from '../support/expectations.js';

const EVERY = BUILT_IN_ESTIMATORS.map(({id}) => id);
const EVERYWHERE = BUILT_IN_ESTIMATORS.filter(({units}) => units === undefined).map(({id}) => id);
const x = arbitrary([6, 8], 1);
const gates = arbitrary([5, 16], 1);
const connections = tensor([0, 1, 2, 3, 4, 5, 6, 7, 0, 7], [5, 2], 'int32');
const onGradient = () => {};

/** Runs the function and its gradient a few times, outside any tidy. */
function leftBy(f: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): number {
  return tensorsLeftBy(() => {
    for (let run = 0; run < 5; run++) {
      f(...inputs).dispose();
      for (const gradient of grads(f)(inputs)) gradient.dispose();
    }
  });
}

describe.each(KERNEL_FORMS)('no tensor is left behind, %s, by', (_, useForms) => {
  beforeAll(useForms);

  it.each(EVERYWHERE)('categories and bits with %s', (estimator) => {
    for (const unit of [decoupledCategorical, stochasticBinary]) {
      expect(leftBy((l) => unit(l!, {estimator, seed: 1}), x)).toBe(0);
      expect(leftBy((l) => unit(l!, {estimator, seed: 1, onGradient}), x)).toBe(0);
    }
  });

  it.each(['decoupled', 'decoupledGumbel'])('samples at forward temperature 0 with %s', (estimator) => {
    for (const unit of [decoupledCategorical, stochasticBinary]) {
      expect(leftBy((l) => unit(l!, {estimator, forwardTemperature: 0, seed: 1}), x)).toBe(0);
    }
  });

  it.each(EVERY)('gates with %s', (estimator) => {
    for (const hook of [{}, {onGradient}]) {
      const args = {estimator, seed: 1, gradientFactor: 2, ...hook};
      expect(leftBy((input, w) => logicGates(input!, w!, connections, args), x, gates)).toBe(0);
    }
  });

  it('logits of another dtype', () => {
    const integers = tensor([1, 2, 3, 4], [2, 2], 'int32');
    const left = tensorsLeftBy(() => {
      decoupledCategorical(integers, {seed: 1}).dispose();
      stochasticBinary(integers, {seed: 1}).dispose();
    });
    expect(left).toBe(0);
  });

  it('stopGradient and rounding', () => {
    expect(leftBy((l) => stopGradient(l!), x)).toBe(0);
    expect(leftBy((l) => straightThroughRound(l!), x)).toBe(0);
    expect(leftBy((l) => straightThroughRound(l!, {levels: 4}), x)).toBe(0);
  });

  it('noise', () => {
    const left = tensorsLeftBy(() => {
      gumbelNoise([3, 4], {seed: 1, stream: 2, step: 3}).dispose();
      logisticNoise([3, 4], {seed: 1, stream: 2, step: 3}).dispose();
    });
    expect(left).toBe(0);
  });

  it('a rejection of NaN logits', () => {
    const poisoned = tensor([Number.NaN, 1]);
    const left = tensorsLeftBy(() => {
      expect(() => decoupledCategorical(poisoned, {seed: 1})).toThrow('got NaN');
      expect(() => grad((l) => decoupledCategorical(l, {seed: 1}))(poisoned)).toThrow('got NaN');
    });
    expect(left).toBe(0);
  });
});

/**
 * The composed forms scatter gradients by a kernel that, on plain cpu, goes through all values once an
 * input: minutes for these sizes.
 */
const quick = KERNEL_FORMS.filter(([form]) => form === 'fast' || getBackend() !== 'cpu');

describe.each(quick)('in bytes, %s', (_, useForms) => {
  beforeAll(useForms);

  it('4 layers of 12,000 gates at batch 100 stay below 400 MB, forward and backward', async () => {
    const [batch, inputs, units] = [100, 3072, 12_000];
    const pixels = cast(platformUniform([batch, inputs], 0, 2, 'int32', 5), 'float32');
    const layers = [0, 1, 2, 3].map((layer) => ({
      gates: platformUniform([units, 16], -1, 1, 'float32', layer + 1),
      connections: tensor(
        sampleConnections({inputs: layer === 0 ? inputs : units, units, seed: layer}),
        [units, 2],
        'int32',
      ),
    }));
    const network = (...weights: Tensor[]) =>
      weights.reduce(
        (y, w, layer) =>
          logicGates(y, w, layers[layer]!.connections, {
            forwardTemperature: 0.1,
            backwardTemperature: 2,
            seed: {seed: 1, stream: layer, step: 0},
            onGradient,
          }),
        pixels as Tensor,
      );
    const started = memory();
    const {peakBytes} = await profile(() =>
      tidy(() => {
        const {value, grads: gradients} = valueAndGrads((...weights: Tensor[]) => sum(network(...weights)))(
          layers.map((layer) => layer.gates),
        );
        expect(value.dataSync()[0]).toBeGreaterThan(0);
        expect(gradients.map((gradient) => gradient.shape)).toEqual(layers.map(() => [units, 16]));
        return value;
      }),
    );
    expect(peakBytes).toBeGreaterThan(started.numBytes);
    expect(peakBytes).toBeLessThan(400e6);
  });
});
