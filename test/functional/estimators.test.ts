import {readFileSync} from 'node:fs';
import {env, grad, grads, ones, type Tensor, tensor, zeros} from '@tensorflow/tfjs-core';
import {afterEach, beforeAll, describe, expect, it} from 'vitest';
import {installEstimatorSource, resolveEstimator} from '../../src/functional/estimators/index.js';
import {
  BUILT_IN_ESTIMATORS,
  decoupledCategorical,
  type Estimator,
  logicGates,
  type RandomKey,
  stochasticBinary,
} from '../../src/functional/index.js';
import {arbitrary, expectRows, KERNEL_FORMS, rowsOf, valuesOf} from '../support/expectations.js';

interface GoldenInputs {
  logits: number[][];
  dy: number[][];
  x: number[][];
  connections: number[][];
  gradientFactor: number;
}

interface GoldenCase {
  unit: 'categorical' | 'binary' | 'gate';
  inputs: string;
  estimator: string;
  forward: number;
  backward: number;
  key: RandomKey;
  value: number[][];
  gradient: number[][];
  inputGradient?: number[][];
}

/** Written by test/fixtures/estimators.py, which shares nothing with this package. */
const golden: {cases: GoldenCase[]; inputs: Record<string, GoldenInputs>} = JSON.parse(
  readFileSync(new URL('../fixtures/estimators.json', import.meta.url), 'utf8'),
);

const titled = golden.cases.map(
  (one) => [`${one.inputs}, ${one.estimator} at (${one.forward}, ${one.backward})`, one] as const,
);

/**
 * L2 norm of a row's error over the L2 norm of the row. Float32 leaves some 1e-6: the logits over the
 * temperature are below 60, so that their exponentials carry up to 60 * 6e-8.
 */
const RELATIVE = 1e-5;

describe.each(KERNEL_FORMS)(
  'golden values of an independent float64 program, for given noise, %s',
  (_, useForms) => {
    beforeAll(useForms);

    const sampled = titled.filter(([, {unit}]) => unit !== 'gate');
    it.each(sampled)('%s', (_, one) => {
      const {logits, dy} = golden.inputs[one.inputs]!;
      const unit = one.unit === 'binary' ? stochasticBinary : decoupledCategorical;
      const f = (x: Tensor) =>
        unit(x, {
          forwardTemperature: one.forward,
          backwardTemperature: one.backward,
          estimator: one.estimator,
          seed: one.key,
        });
      const value = valuesOf(f(tensor(logits)));
      if (one.estimator === 'gumbelSoftmax') expectRows(value, one.value, RELATIVE);
      else expect(rowsOf(value, logits[0]!.length)).toEqual(one.value);
      expectRows(valuesOf(grad(f)(tensor(logits), tensor(dy))), one.gradient, RELATIVE);
    });

    it.each(titled.filter(([, {unit}]) => unit === 'gate'))('%s', (_, one) => {
      const {logits, dy, x, connections, gradientFactor} = golden.inputs[one.inputs]!;
      const f = (inputs: Tensor, gates: Tensor) =>
        logicGates(inputs, gates, tensor(connections, undefined, 'int32'), {
          forwardTemperature: one.forward,
          backwardTemperature: one.backward,
          estimator: one.estimator,
          seed: one.key,
          gradientFactor,
        });
      expectRows(valuesOf(f(tensor(x), tensor(logits))), one.value, RELATIVE);
      const [dx, dgates] = grads(f)([tensor(x), tensor(logits)], tensor(dy)) as [Tensor, Tensor];
      expectRows(valuesOf(dx), one.inputGradient!, RELATIVE);
      expectRows(valuesOf(dgates), one.gradient, RELATIVE);
    });
  },
);

const EVERYWHERE = BUILT_IN_ESTIMATORS.filter(({units}) => units === undefined).map(({id}) => id);
const EVERY = BUILT_IN_ESTIMATORS.map(({id}) => id);

describe.each(KERNEL_FORMS)('extremes, %s', (_, useForms) => {
  beforeAll(useForms);

  const logits = tensor([
    [1e4, -1e4, 0, 1],
    [-1e4, -1e4, -1e4, -1e4],
    [1e4, 1e4, -1e4, 1e4 - 1],
    [1e-30, -1e-30, 0, 3],
  ]);
  const dy = arbitrary([4, 4], 2);
  const temperatures = (id: string) => {
    const {temperatures: takes, lowestTemperature = 0} = resolveEstimator('test', id, 'gate');
    return takes === 'none' ? [1] : [1e-3, 1, 1e3].filter((t) => t >= lowestTemperature);
  };
  const cases = EVERYWHERE.flatMap((id) => temperatures(id).map((t) => [id, t] as const));
  const finite = (x: Tensor) => valuesOf(x).every(Number.isFinite);

  it.each(cases)('%s at %d: finite values and gradients, one category a row', (estimator, temperature) => {
    for (const unit of [decoupledCategorical, stochasticBinary]) {
      const f = (x: Tensor) => unit(x, {estimator, temperature, seed: 3});
      const value = valuesOf(f(logits));
      expect(
        value.every((z) => (estimator === 'gumbelSoftmax' ? z >= 0 && z <= 1 : z === 0 || z === 1)),
      ).toBe(true);
      if (unit === decoupledCategorical) {
        for (const row of rowsOf(value, 4)) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
      }
      expect(finite(grad(f)(logits, dy))).toBe(true);
    }
  });

  it.each(EVERY.flatMap((id) => temperatures(id).map((t) => [id, t] as const)))(
    '%s at %d: finite gates',
    (estimator, temperature) => {
      const gates = tensor([
        Array.from({length: 16}, (_, gate) => (gate % 2 ? 1e4 : -1e4)),
        Array.from({length: 16}, (_, gate) => (gate === 6 ? 1e4 : 0)),
      ]);
      const connections = tensor(
        [
          [0, 1],
          [1, 0],
        ],
        undefined,
        'int32',
      );
      const f = (x: Tensor, w: Tensor) => logicGates(x, w, connections, {estimator, temperature, seed: 3});
      const x = tensor([
        [0, 1],
        [1, 1],
      ]);
      expect(finite(f(x, gates))).toBe(true);
      for (const gradient of grads(f)([x, gates], ones([2, 2]))) expect(finite(gradient)).toBe(true);
    },
  );

  it.each(EVERYWHERE)(
    '%s never samples a category masked by -Infinity and gives it no gradient',
    (estimator) => {
      const rows = 2000;
      const masked = tensor(Array.from({length: rows}, () => [-Infinity, 0.5, -Infinity, 0, -Infinity]));
      const f = (x: Tensor) =>
        decoupledCategorical(x, {estimator, temperature: estimator === 'identity' ? 1 : 2, seed: 5});
      const value = rowsOf(valuesOf(f(masked)), 5);
      expect(
        value.every(([a, b, c, d, e]) => a === 0 && c === 0 && e === 0 && Math.abs(b! + d! - 1) < 1e-6),
      ).toBe(true);
      const gradient = rowsOf(valuesOf(grad(f)(masked, arbitrary([rows, 5], 1))), 5);
      expect(gradient.flat().every(Number.isFinite)).toBe(true);
      if (estimator === 'identity') return; // passes every gradient on, by definition
      expect(gradient.every(([a, , c, , e]) => a === 0 && c === 0 && e === 0)).toBe(true);
    },
  );

  it.each(EVERYWHERE)('%s takes infinite log-odds of a bit', (estimator) => {
    const f = (x: Tensor) =>
      stochasticBinary(x, {estimator, temperature: estimator === 'identity' ? 1 : 2, seed: 5});
    const x = tensor([-Infinity, Infinity]);
    expect([...valuesOf(f(x))]).toEqual([0, 1]);
    expect([...valuesOf(grad(f)(x, tensor([3, 3])))]).toEqual(estimator === 'identity' ? [3, 3] : [0, 0]);
  });
});

describe.each(KERNEL_FORMS)('NaN logits, %s', (_, useForms) => {
  beforeAll(useForms);

  const development = env().getBool('PROD');
  afterEach(() => env().set('PROD', development));
  const logits = tensor([
    [0, Number.NaN, 1],
    [0, 1, 2],
  ]);

  it.each(EVERYWHERE)('%s: an error in development that names function, field and value', (estimator) => {
    expect(() => decoupledCategorical(logits, {estimator, seed: 1})).toThrow(
      'decoupledCategorical: `logits` must be numbers, got NaN.',
    );
    expect(() => stochasticBinary(logits, {estimator, seed: 1})).toThrow(
      'stochasticBinary: `logits` must be numbers, got NaN.',
    );
  });

  it.each(EVERYWHERE)('%s: none in an empty batch', (estimator) => {
    for (const unit of [decoupledCategorical, stochasticBinary]) {
      expect(unit(zeros([0, 3]), {estimator, seed: 1}).shape).toEqual([0, 3]);
    }
  });

  it('an error for gates too', () => {
    const gates = tensor([[Number.NaN, ...Array<number>(15).fill(0)]]);
    const f = () => logicGates(ones([1, 2]), gates, tensor([[0, 1]], undefined, 'int32'), {seed: 1});
    expect(f).toThrow('logicGates: `logits` must be numbers, got NaN.');
  });

  const anyForward = EVERYWHERE.flatMap((id) =>
    id.startsWith('decoupled') ? [[id, 0] as const, [id, 1] as const] : [[id, 1] as const],
  );
  it.each(anyForward)('%s at %d: NaN in production, never category 0', (estimator, forwardTemperature) => {
    env().set('PROD', true);
    const args = {estimator, forwardTemperature, seed: 1};
    const [poisoned, clean] = rowsOf(valuesOf(decoupledCategorical(logits, args)), 3);
    expect(poisoned).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(clean!.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    const bits = [...valuesOf(stochasticBinary(logits, args))];
    expect(bits.map(Number.isNaN)).toEqual([false, true, false, false, false, false]);
  });
});

describe('which estimators there are', () => {
  it('lists the ids that serve the unit', () => {
    const categorical = EVERYWHERE.map((id) => `'${id}'`).join(', ');
    expect(() => decoupledCategorical(ones([1, 2]), {estimator: 'reinmax', seed: 1})).toThrow(
      `decoupledCategorical: \`estimator\` must be one of ${categorical} (did you mean 'reinMax'?), got "reinmax".`,
    );
    expect(() => stochasticBinary(ones([1, 2]), {estimator: 'soft', seed: 1})).toThrow(
      `stochasticBinary: \`estimator\` must be one of ${categorical}, since 'soft' is for logic gates only, got "soft".`,
    );
    const all = EVERY.map((id) => `'${id}'`).join(', ');
    const connections = tensor([[0, 1]], undefined, 'int32');
    expect(() => logicGates(ones([1, 2]), ones([1, 16]), connections, {estimator: 'x', seed: 1})).toThrow(
      `logicGates: \`estimator\` must be one of ${all}, got "x".`,
    );
  });

  it('is the table of the documentation', () => {
    expect(EVERY).toEqual([
      'decoupled',
      'softmax',
      'identity',
      'gumbel',
      'decoupledGumbel',
      'reinMax',
      'gumbelSoftmax',
      'soft',
    ]);
  });

  it('includes installed ones while they are installed', () => {
    const own: Estimator = {...resolveEstimator('test', 'decoupled', 'binary'), id: 'own'};
    const previous = installEstimatorSource(() => [own]);
    try {
      expect(resolveEstimator('test', 'own', 'binary')).toBe(own);
      expect(() => resolveEstimator('test', 'other', 'binary')).toThrow("'gumbelSoftmax', 'own', got");
    } finally {
      installEstimatorSource(previous);
    }
    expect(() => resolveEstimator('test', 'own', 'binary')).toThrow('got "own".');
  });
});
