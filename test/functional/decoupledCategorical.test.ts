import {
  add,
  div,
  grad,
  matMul,
  mul,
  reshape,
  slice,
  softmax,
  sum,
  type Tensor,
  tensor,
  tidy,
  tile,
  valueAndGrad,
} from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {decoupledCategorical} from '../../src/functional/index.js';
import {registerKernels} from '../../src/kernels/index.js';
import {
  arbitrary,
  centralDifference,
  expectFrequency,
  expectRows,
  norm,
  rowsOf,
  softmaxOf,
  valuesOf,
} from '../support/expectations.js';

beforeAll(registerKernels); // estimators.test.ts holds both implementations to the same samples

/** Logits between -2 and 2, k of them. */
const logitsOf = (k: number) => Array.from({length: k}, (_, i) => 2 * Math.sin(1.7 * i + 0.4));
const repeated = (row: readonly number[], rows: number) => tile(tensor([[...row]]), [rows, 1]);
const countsOf = (z: Tensor) => [...valuesOf(tidy(() => sum(z, 0)))];
const samplesOf = (z: Tensor, k: number) => rowsOf(valuesOf(z), k).map((row) => row.indexOf(1));

const TEMPERATURES = [
  [0.1, 2],
  [0.7, 0.7],
  [2, 0.5],
] as const;
const SEEDS = [1, 20, 300];

describe('the forward sample', () => {
  const rows = 6000;
  const cases = TEMPERATURES.flatMap((pair) => [2, 8, 64].map((k) => [...pair, k] as const));

  it.each(cases)(
    'at (%d, %d) has frequencies softmax(logits / forwardTemperature), %i categories',
    (forwardTemperature, backwardTemperature, k) => {
      const logits = logitsOf(k);
      const p = softmaxOf(logits, forwardTemperature);
      const batch = repeated(logits, rows);
      for (const seed of SEEDS) {
        const z = decoupledCategorical(batch, {forwardTemperature, backwardTemperature, seed});
        countsOf(z).forEach((hits, category) => {
          expectFrequency(hits, rows, p[category]!);
        });
      }
    },
  );

  it.each(['softmax', 'reinMax'])('of %s uses its temperature', (estimator) => {
    const logits = logitsOf(8);
    const p = softmaxOf(logits, 1.6);
    for (const seed of SEEDS) {
      const z = decoupledCategorical(repeated(logits, rows), {estimator, temperature: 1.6, seed});
      countsOf(z).forEach((hits, category) => {
        expectFrequency(hits, rows, p[category]!);
      });
    }
  });

  it.each(TEMPERATURES)(
    'of decoupledGumbel at (%d, %d) follows the forward temperature',
    (forwardTemperature, backwardTemperature) => {
      // Noise added before the division would give softmax(logits) at every forward temperature.
      const logits = logitsOf(8);
      const p = softmaxOf(logits, forwardTemperature);
      for (const seed of SEEDS) {
        const args = {estimator: 'decoupledGumbel', forwardTemperature, backwardTemperature, seed};
        countsOf(decoupledCategorical(repeated(logits, rows), args)).forEach((hits, category) => {
          expectFrequency(hits, rows, p[category]!);
        });
      }
    },
  );

  it('of gumbel is softmax(logits), whatever the temperature', () => {
    const logits = logitsOf(8);
    const p = softmaxOf(logits);
    const samples = [0.1, 1, 10].map((temperature) => {
      const z = decoupledCategorical(repeated(logits, rows), {estimator: 'gumbel', temperature, seed: 4});
      return countsOf(z);
    });
    samples[0]!.forEach((hits, category) => {
      expectFrequency(hits, rows, p[category]!);
    });
    expect(samples[1]).toEqual(samples[0]);
    expect(samples[2]).toEqual(samples[0]);
  });

  it.each(['decoupled', 'decoupledGumbel'])(
    'of %s does not depend on the backward temperature',
    (estimator) => {
      const samples = [0.1, 0.7, 3].map((backwardTemperature) =>
        samplesOf(
          decoupledCategorical(repeated(logitsOf(8), 500), {
            estimator,
            forwardTemperature: 1.3,
            backwardTemperature,
            seed: 8,
          }),
          8,
        ),
      );
      expect(samples[1]).toEqual(samples[0]);
      expect(samples[2]).toEqual(samples[0]);
    },
  );

  it.each(['decoupled', 'decoupledGumbel'])(
    'of %s at forward temperature 0 is the argmax, the first of equals',
    (estimator) => {
      const logits = arbitrary([200, 8], 2);
      const args = {estimator, forwardTemperature: 0, backwardTemperature: 0.7, seed: 2};
      const largest = rowsOf(logits.dataSync(), 8).map((row) => row.indexOf(Math.max(...row)));
      expect(samplesOf(decoupledCategorical(logits, args), 8)).toEqual(largest);
      expect([...valuesOf(decoupledCategorical(tensor([[0, 3, 3, 1]]), args))]).toEqual([0, 1, 0, 0]);
    },
  );

  it('repeats with its seed, differs with another, and differs from row to row', () => {
    const sample = (seed: number) => samplesOf(decoupledCategorical(repeated(logitsOf(8), 200), {seed}), 8);
    expect(sample(5)).toEqual(sample(5));
    expect(sample(5)).not.toEqual(sample(6));
    expect(new Set(sample(5)).size).toBeGreaterThan(3);
  });

  it('numbers the rows of any batch in the same order', () => {
    const logits = arbitrary([24, 5], 1);
    const flat = valuesOf(decoupledCategorical(logits, {seed: 5}));
    for (const shape of [
      [4, 6, 5],
      [2, 3, 4, 5],
    ]) {
      const z = decoupledCategorical(reshape(logits, shape), {seed: 5});
      expect(z.shape).toEqual(shape);
      expect(valuesOf(z)).toEqual(flat);
    }
    const lone = decoupledCategorical(reshape(slice(logits, [0, 0], [1, 5]), [5]), {seed: 5});
    expect(valuesOf(lone)).toEqual(flat.slice(0, 5));
  });

  it('takes integer logits', () => {
    const z = decoupledCategorical(tensor([[1, 5, 2]], [1, 3], 'int32'), {forwardTemperature: 0, seed: 1});
    expect(z.dtype).toBe('float32');
    expect([...valuesOf(z)]).toEqual([0, 1, 0]);
  });
});

describe('the backward pass', () => {
  const logits = arbitrary([4, 5], 1.5);
  const dy = arbitrary([4, 5], 2, 1);

  it.each([0.5, 1, 2.5])('is the derivative of softmax(logits / %d)', (backwardTemperature) => {
    const f = (x: Tensor) => decoupledCategorical(x, {forwardTemperature: 9, backwardTemperature, seed: 1});
    const h = 2 ** -6;
    const numerical = centralDifference((x) => softmax(div(x, backwardTemperature)), logits, dy, h);
    // h^2 / 6 (1 / tb)^3 |dy| is 3e-4 / tb^3 at most; the rounding of the sum over 2 h, 6e-8 * 20 / 0.03 = 4e-5.
    const error = norm(valuesOf(grad(f)(logits, dy)).map((value, i) => value - numerical[i]!));
    expect(error).toBeLessThan(4e-5 + 3e-4 / backwardTemperature ** 3);
    expect(error).toBeLessThan(2e-3 * norm(numerical));
  });

  it('depends on neither forward temperature nor seed', () => {
    const at = (forwardTemperature: number, seed: number) =>
      valuesOf(
        grad((x) => decoupledCategorical(x, {forwardTemperature, backwardTemperature: 0.7, seed}))(
          logits,
          dy,
        ),
      );
    expect(at(3, 1)).toEqual(at(0.1, 1));
    expect(at(3, 2)).toEqual(at(0.1, 1));
    expect(at(0, 2)).toEqual(at(0.1, 1));
  });

  it.each([0.7, 1.5])('of gumbelSoftmax at %d is the derivative of its own forward pass', (temperature) => {
    const f = (x: Tensor) => decoupledCategorical(x, {estimator: 'gumbelSoftmax', temperature, seed: 6});
    const numerical = centralDifference(f, logits, dy, 2 ** -6);
    const error = norm(valuesOf(grad(f)(logits, dy)).map((value, i) => value - numerical[i]!));
    expect(error).toBeLessThan(4e-5 + 3e-4 / temperature ** 3); // as above
  });

  it('reports dL/dlogits to onGradient', () => {
    const seen: Float32Array[] = [];
    const f = (x: Tensor) =>
      decoupledCategorical(x, {
        backwardTemperature: 0.7,
        seed: 1,
        onGradient: (dlogits) => {
          expect(dlogits.shape).toEqual([4, 5]);
          seen.push(Float32Array.from(dlogits.dataSync()));
        },
      });
    expect(seen).toHaveLength(0);
    const dx = valuesOf(grad(f)(logits, dy));
    expect(seen).toEqual([dx]);
  });
});

describe('ReinMax', () => {
  const logits = [0.3, -0.8, 1.1];
  const quadratic = tensor([
    [1, 0.5, -2],
    [0.5, -1, 0.75],
    [-2, 0.75, 3],
  ]);
  const linear = tensor([[0.5, -1.5, 2]]);
  /** 1/2 z^T A z + b^T z of each row, with A symmetric. */
  const losses = (z: Tensor) => sum(mul(z, add(div(matMul(z, quadratic), 2), linear)), -1);

  /** The estimator's gradient averaged over all samples, each weighted by its probability. */
  function expectedGradient(estimator: string, temperature: number): number[] {
    const p = softmaxOf(logits, temperature);
    const batch = repeated(logits, 200);
    const f = (x: Tensor) => decoupledCategorical(x, {estimator, temperature, seed: 12});
    const sampled = samplesOf(f(batch), 3);
    const {grad: gradients} = valueAndGrad((x: Tensor) => sum(losses(f(x))))(batch);
    const rows = rowsOf(valuesOf(gradients), 3);
    return logits.map((_, i) =>
      p.reduce((total, probability, category) => {
        expect(sampled).toContain(category);
        return total + probability * rows[sampled.indexOf(category)]![i]!;
      }, 0),
    );
  }

  /** d/dl of sum_k p_k L(e_k) with p = softmax(l / t): p_i (L_i - mean L) / t. */
  function exactGradient(temperature: number): number[] {
    const p = softmaxOf(logits, temperature);
    const loss = valuesOf(
      losses(
        tensor([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
      ),
    );
    const mean = p.reduce((total, probability, k) => total + probability * loss[k]!, 0);
    return p.map((probability, k) => (probability * (loss[k]! - mean)) / temperature);
  }

  it.each([1, 1.7])('at %d is exact in expectation for a quadratic loss', (temperature) => {
    expectRows(expectedGradient('reinMax', temperature), [exactGradient(temperature)], 2e-6); // float32
  });

  it('is exact where softmax straight-through is not', () => {
    const error = norm(expectedGradient('softmax', 1).map((value, i) => value - exactGradient(1)[i]!));
    expect(error).toBeGreaterThan(0.1 * norm(exactGradient(1)));
  });

  it('is not needed for a linear loss: softmax straight-through is exact there', () => {
    const f = (x: Tensor) => sum(mul(decoupledCategorical(x, {estimator: 'softmax', seed: 1}), linear));
    const p = softmaxOf(logits);
    const mean = 0.5 * p[0]! - 1.5 * p[1]! + 2 * p[2]!;
    const exact = [0.5, -1.5, 2].map((loss, k) => p[k]! * (loss - mean));
    expectRows(valuesOf(grad(f)(tensor([logits]))), [exact], 1e-6);
  });
});
