import {
  grad,
  onesLike,
  reshape,
  slice,
  squeeze,
  stack,
  sum,
  type Tensor,
  tensor,
  tile,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {afterEach, beforeAll, describe, expect, it} from 'vitest';
import {installEstimatorSource, resolveEstimator} from '../../src/functional/estimators/index.js';
import {
  BUILT_IN_ESTIMATORS,
  decoupledCategorical,
  type Estimator,
  stochasticBinary,
} from '../../src/functional/index.js';
import {registerKernels} from '../../src/kernels/index.js';
import {
  arbitrary,
  centralDifference,
  expectFrequency,
  expectRows,
  meanAndError,
  norm,
  sigmoidOf,
  valuesOf,
} from '../support/expectations.js';

beforeAll(registerKernels); // estimators.test.ts holds both implementations to the same samples

const EVERYWHERE = BUILT_IN_ESTIMATORS.filter(({units}) => units === undefined).map(({id}) => id);
/** Unequal where the estimator takes two, so that one cannot stand in for the other. */
const temperaturesOf = (id: string) => {
  if (id === 'identity') return {};
  return id.startsWith('decoupled')
    ? {forwardTemperature: 1.6, backwardTemperature: 0.6}
    : {temperature: 1.3};
};
const forwardOf = (id: string) => (id.startsWith('decoupled') ? 1.6 : id === 'gumbel' ? 1 : 1.3);

/** A bit as the first of the two categories with logits (l, 0). */
const asPair = (estimator: string, seed: number) => (x: Tensor) => {
  const z = decoupledCategorical(stack([x, zerosLike(x)], -1), {
    estimator,
    ...temperaturesOf(estimator),
    seed,
  });
  return squeeze(slice(z, [0, 0], [x.shape[0]!, 1]), [1]);
};
const asBit = (estimator: string, seed: number) => (x: Tensor) =>
  stochasticBinary(x, {estimator, ...temperaturesOf(estimator), seed});

const ROWS = 20_000;
const LOGITS = [-1.5, -0.25, 0.6, 2];

describe('a bit and two categories with logits (l, 0)', () => {
  const sampling = EVERYWHERE.filter((id) => id !== 'identity');

  it.each(sampling)('%s: both agree in distribution with sigmoid(l / t)', (estimator) => {
    for (const logit of LOGITS) {
      const x = tile(tensor([logit]), [ROWS]);
      for (const form of [asBit, asPair]) {
        const z = valuesOf(form(estimator, 5)(x));
        // A relaxed value is below q when the logistic noise is below t logit(q) - l.
        const levels = estimator === 'gumbelSoftmax' ? [0.1, 0.25, 0.5, 0.75, 0.9] : [0.5];
        for (const q of levels) {
          const threshold = Math.log(q / (1 - q)) * forwardOf(estimator);
          const p =
            estimator === 'gumbelSoftmax'
              ? sigmoidOf(logit - threshold)
              : sigmoidOf(logit / forwardOf(estimator));
          expectFrequency(z.filter((value) => value > q).length, ROWS, p);
        }
      }
    }
  });

  it('identity: both are the sign of the logit, and pass the gradient on', () => {
    const x = arbitrary([50], 3);
    const dy = arbitrary([50], 1, 2);
    for (const form of [asBit, asPair]) {
      expect([...valuesOf(form('identity', 5)(x))]).toEqual([...x.dataSync()].map((l) => Number(l > 0)));
      expect(valuesOf(grad(form('identity', 5))(x, dy))).toEqual(dy.dataSync());
    }
  });

  it.each(['decoupled', 'softmax'])('%s: both have the gradient sigmoid’(l / t) / t', (estimator) => {
    const x = arbitrary([50], 3);
    const dy = arbitrary([50], 1, 2);
    const t = estimator === 'softmax' ? 1.3 : 0.6;
    const p = [...x.dataSync()].map((l) => sigmoidOf(l / t));
    const exact = p.map((value, i) => (dy.dataSync()[i]! * value * (1 - value)) / t);
    for (const form of [asBit, asPair]) {
      expectRows(valuesOf(grad(form(estimator, 5))(x, dy)), [exact], 1e-6);
    }
  });

  it('reinMax: both have the same gradient for the same sample', () => {
    for (const logit of LOGITS) {
      const x = tile(tensor([logit]), [200]);
      const dy = onesLike(x);
      const [bit, pair] = [asBit, asPair].map((form) => {
        const z = valuesOf(form('reinMax', 5)(x));
        const dx = valuesOf(grad(form('reinMax', 5))(x, dy));
        return [dx[z.indexOf(0)]!, dx[z.indexOf(1)]!];
      });
      expectRows(bit!, [pair!], 1e-6);
      // (2 q (1 - q) - p (1 - p) / 2) / t at q = (z + p) / 2.
      const p = sigmoidOf(logit / 1.3);
      const exact = [0, 1].map((z) => ((z + p) * (2 - z - p) - p * (1 - p)) / 2 / 1.3);
      expectRows(bit!, [exact], 1e-6);
    }
  });

  it.each(['gumbel', 'decoupledGumbel', 'gumbelSoftmax'])(
    '%s: both have the same gradient in mean and mean square',
    (estimator) => {
      for (const logit of LOGITS) {
        const x = tile(tensor([logit]), [ROWS]);
        const [bit, pair] = [asBit, asPair].map((form) =>
          valuesOf(grad(form(estimator, 9))(x, onesLike(x))),
        ) as [Float32Array, Float32Array];
        for (const power of [1, 2]) {
          const a = meanAndError(bit.map((value) => value ** power));
          const b = meanAndError(pair.map((value) => value ** power));
          // Independent noise: the errors add in squares.
          expect(Math.abs(a.mean - b.mean)).toBeLessThan(4 * Math.hypot(a.error, b.error));
        }
      }
    },
  );
});

describe('an estimator without a binary rule of its own', () => {
  const previous = installEstimatorSource(() => []);
  installEstimatorSource(previous);
  afterEach(() => {
    installEstimatorSource(previous);
  });

  const install = (id: string): Estimator => {
    const {binary: _, ...rest} = resolveEstimator('test', id, 'binary');
    const own: Estimator = {...rest, id: 'own'};
    installEstimatorSource(() => [own]);
    return own;
  };
  const args = (id: string, estimator: string) => ({...temperaturesOf(id), estimator, seed: 3});

  it.each(EVERYWHERE)('%s: its bit is the first category of (l, 0)', (id) => {
    expect(install(id).binary).toBeUndefined();
    const x = arbitrary([300], 2);
    const dy = arbitrary([300], 1, 4);
    const f = (input: Tensor) => stochasticBinary(input, args(id, 'own'));
    expect(valuesOf(f(x))).toEqual(valuesOf(asPair(id, 3)(x)));
    expect(valuesOf(grad(f)(x, dy))).toEqual(valuesOf(grad(asPair(id, 3))(x, dy)));
  });

  it.each(['decoupled', 'softmax', 'identity', 'reinMax'])(
    '%s: samples and gradients are those of the built-in rule',
    (id) => {
      // One uniform a bit in both: u < sigmoid(l / t) is where the cumulative distribution of (l, 0) is cut.
      install(id);
      const x = arbitrary([20, 15], 2);
      const dy = arbitrary([20, 15], 1, 4);
      const own = (input: Tensor) => stochasticBinary(input, args(id, 'own'));
      const builtIn = (input: Tensor) => stochasticBinary(input, args(id, id));
      expect(valuesOf(own(x))).toEqual(valuesOf(builtIn(x)));
      expectRows(valuesOf(grad(own)(x, dy)), [[...valuesOf(grad(builtIn)(x, dy))]], 1e-6);
    },
  );

  it.each(['gumbel', 'decoupledGumbel', 'gumbelSoftmax'])(
    '%s: the distribution is that of the built-in rule',
    (id) => {
      install(id);
      const x = tile(tensor([0.6]), [ROWS]);
      for (const estimator of ['own', id]) {
        const hits = valuesOf(stochasticBinary(x, args(id, estimator))).filter((z) => z > 0.5).length;
        const p = id === 'decoupledGumbel' ? sigmoidOf(0.6 / 1.6) : sigmoidOf(0.6);
        expectFrequency(hits, ROWS, p);
      }
    },
  );
});

describe('stochasticBinary', () => {
  it('samples ones with probability sigmoid(l / forwardTemperature)', () => {
    for (const [forwardTemperature, backwardTemperature] of [
      [0.1, 2],
      [0.7, 0.7],
      [2, 0.5],
    ] as const) {
      for (const seed of [1, 20, 300]) {
        const x = tile(tensor([LOGITS]), [ROWS, 1]);
        const z = stochasticBinary(x, {forwardTemperature, backwardTemperature, seed});
        valuesOf(sum(z, 0)).forEach((hits, i) => {
          expectFrequency(hits, ROWS, sigmoidOf(LOGITS[i]! / forwardTemperature));
        });
      }
    }
  });

  it('at forward temperature 0 is 1 where the logit is > 0', () => {
    const x = tensor([-1, -1e-20, 0, 1e-20, 1]);
    for (const estimator of ['decoupled', 'decoupledGumbel']) {
      const z = stochasticBinary(x, {estimator, forwardTemperature: 0, seed: 1});
      expect([...valuesOf(z)]).toEqual([0, 0, 0, 1, 1]);
    }
  });

  it('samples the same bits and gradients, whatever the shape', () => {
    const x = arbitrary([24], 2);
    const f = (input: Tensor) => stochasticBinary(input, {seed: 3});
    for (const shape of [
      [4, 6],
      [2, 3, 4],
      [1, 2, 3, 4],
    ]) {
      const z = f(reshape(x, shape));
      expect(z.shape).toEqual(shape);
      expect(valuesOf(z)).toEqual(valuesOf(f(x)));
    }
  });

  it('has a gradient that depends on neither forward temperature nor seed', () => {
    const x = arbitrary([24], 2);
    const dy = arbitrary([24], 2, 3);
    const at = (forwardTemperature: number, seed: number) =>
      valuesOf(grad((l) => stochasticBinary(l, {forwardTemperature, backwardTemperature: 0.7, seed}))(x, dy));
    expect(at(3, 1)).toEqual(at(0.1, 1));
    expect(at(0, 2)).toEqual(at(0.1, 1));
  });

  it('has for gumbelSoftmax the derivative of its own forward pass', () => {
    const x = arbitrary([12], 1.5);
    const dy = arbitrary([12], 2, 1);
    const f = (l: Tensor) => stochasticBinary(l, {estimator: 'gumbelSoftmax', temperature: 0.8, seed: 6});
    const numerical = centralDifference(f, x, dy, 2 ** -6);
    const error = norm(valuesOf(grad(f)(x, dy)).map((value, i) => value - numerical[i]!));
    expect(error).toBeLessThan(1e-3); // h^2 / 6 t^-3 |dy| = 5e-4, and rounding
  });

  it('reports dL/dlogits to onGradient', () => {
    const seen: Float32Array[] = [];
    const onGradient = (dlogits: Tensor) => {
      seen.push(Float32Array.from(dlogits.dataSync()));
    };
    const dx = grad((l) => stochasticBinary(l, {backwardTemperature: 0.7, seed: 1, onGradient}))(
      arbitrary([4, 5], 2),
      arbitrary([4, 5], 1, 2),
    );
    expect(seen).toEqual([valuesOf(dx)]);
  });
});
