import {getBackend, memory, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  GATE_COEFFICIENTS,
  GATE_TRUTH,
  gateLogitsGradient,
  gateMixture,
  registerKernels,
  sampleCategory,
  sampleGates,
  unregisterKernels,
  watchedGateLogitsGradient,
} from '../../src/kernels/index.js';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {expectWithin, forGenerated} from './generated.js';

beforeAll(registerKernels);
afterAll(unregisterKernels);

const read = (compute: () => Tensor) => tidy(() => compute().dataSync<'float32'>());

interface Case {
  readonly units: number;
  readonly spread: number;
  readonly temperature: number;
  readonly seed: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  units: fc.integer({min: 1, max: 11}),
  spread: fc.constantFrom(0, 1, 8, 200),
  temperature: fc.constantFrom(1e-3, 0.1, 0.5, 1, 1.7, 10, 1e3),
  seed: fc.nat(0xffffffff),
});

const uniforms = (length: number, seed: number, stream: number) =>
  fillUniform(new Float32Array(length), {seed, stream, step: 0});

/** Some of them masked. */
const logitsOf = ({units, spread, seed}: Case) =>
  uniforms(16 * units, seed, 0).map((value, i) =>
    i % 16 > 0 && value > 0.95 ? -Infinity : spread * (2 * value - 1),
  );

/** Sums as a batch leaves them: of v, v a, v b and v ab. */
const sumsOf = ({units, seed}: Case) => uniforms(4 * units, seed, 1).map((value) => 4 * value - 2);

/** Such sums of magnitudes: 0 or more in each row of the truth table. */
function absoluteSumsOf({units, seed}: Case): Float32Array {
  const perRow = uniforms(4 * units, seed, 2);
  return perRow.map((_, i) => {
    const [at00, at01, at10, at11] = perRow.subarray(i - (i % 4), i - (i % 4) + 4) as unknown as Four;
    return [at00 + at01 + at10 + at11, at10 + at11, at01 + at11, at11][i % 4]!;
  });
}
type Four = [number, number, number, number];

describe(`sampleGates on ${getBackend()}`, () => {
  it('samples the gates that sampleCategory samples', () => {
    forGenerated(cases, (one) => {
      const key = {seed: one.seed, stream: 7, step: one.units};
      const [gates, categories] = [sampleGates, sampleCategory].map((sample) =>
        read(() =>
          sample({logits: tensor(logitsOf(one), [one.units, 16])}, {temperature: one.temperature, ...key}),
        ),
      ) as [Float32Array, Float32Array];
      const expected = Array.from({length: one.units}, (_, unit) => {
        const gate = categories.subarray(16 * unit, 16 * unit + 16).indexOf(1);
        return GATE_COEFFICIENTS[gate]!;
      }).flat();
      expect([...gates]).toEqual(expected);
    });
  });

  it.each([
    ['NaN', [Number.NaN]],
    ['+Infinity', [Number.POSITIVE_INFINITY]],
    ['nothing but -Infinity', new Array<number>(16).fill(Number.NEGATIVE_INFINITY)],
  ])('gives NaN where a unit has %s, and nowhere else', (_, row) => {
    const logits = new Float32Array(48);
    logits.set(row, 16);
    const sampled = read(() =>
      sampleGates({logits: tensor(logits, [3, 16])}, {temperature: 0.5, seed: 1, stream: 2, step: 3}),
    );
    expect([...sampled].map(Number.isNaN)).toEqual(Array.from({length: 12}, (_, i) => i >= 4 && i < 8));
  });
});

describe(`gateMixture on ${getBackend()}`, () => {
  it('maps the one-hot of a gate to its coefficients', () => {
    const identity = Array.from({length: 256}, (_, i) => (i % 17 === 0 ? 1 : 0));
    expect([...read(() => gateMixture(tensor(identity, [16, 16])))]).toEqual(GATE_COEFFICIENTS.flat());
  });
});

describe(`gateLogitsGradient on ${getBackend()}`, () => {
  it('is J(t)^T dz to float32 accuracy in every element, however peaked the distribution', () => {
    forGenerated(cases, (one) => {
      const logits = logitsOf(one);
      const sums = sumsOf(one);
      const found = read(() =>
        gateLogitsGradient(
          {sums: tensor(sums, [one.units, 4]), logits: tensor(logits, [one.units, 16])},
          {temperature: one.temperature},
        ),
      );
      for (let unit = 0; unit < one.units; unit++) {
        const p = probabilities(logits.subarray(16 * unit, 16 * unit + 16), one.temperature);
        const changes = perTruthTableRow(sums.subarray(4 * unit, 4 * unit + 4));
        for (let gate = 0; gate < 16; gate++) {
          const parts = GATE_TRUTH.map((truth, row) => {
            const others = p.reduce((sum, share, g) => sum + (truth[g] === truth[gate] ? 0 : share), 0);
            return (truth[gate] === 1 ? 1 : -1) * changes[row]! * others * p[gate]!;
          });
          const expected = parts.reduce((sum, part) => sum + part, 0) / one.temperature;
          const size = parts.reduce((sum, part) => sum + Math.abs(part), 0) / one.temperature;
          // exp(x) of an x that is off by an ulp, |x| < 88, is off by 1e-5 of itself; two of them, and their total.
          expectWithin([found[16 * unit + gate]!], [expected], () => 4e-5 * size + 1e-30);
        }
      }
    });
  });

  it('agrees with the composed reference, watched or not', () => {
    forGenerated(cases, (one) => {
      tidy(() => {
        const logits = tensor(logitsOf(one), [one.units, 16]);
        const sums = tensor(sumsOf(one), [one.units, 4]);
        const absoluteSums = tensor(absoluteSumsOf(one), [one.units, 4]);
        const {temperature} = one;
        const inputs = {sums, absoluteSums, logits};
        const [dlogits, magnitude] = watchedGateLogitsGradient(inputs, {temperature}) as [Tensor, Tensor];
        const alone = gateLogitsGradient({sums, logits}, {temperature}).dataSync();
        expect(dlogits.dataSync()).toEqual(alone);
        const [expected, reached] = watchedGateLogitsGradient
          .composed(inputs, {temperature})
          .map((one) => one.dataSync()) as [Float32Array, Float32Array];
        // |dL/dcoefficients| <= 2, so that |dz| <= 24, and the reference cancels at that size.
        expectWithin(alone, expected, () => 2e-4 / temperature);
        expectWithin(magnitude.dataSync(), reached, () => 1e-6 / temperature);
      });
    });
  });

  it('gives the mean |J(t)^T T_r| of the absolute sum in every row r of the truth table', () => {
    forGenerated(cases, (one) => {
      const [logits, absoluteSums] = [logitsOf(one), absoluteSumsOf(one)];
      const found = read(() => {
        const inputs = {
          sums: tensor(sumsOf(one), [one.units, 4]),
          absoluteSums: tensor(absoluteSums, [one.units, 4]),
          logits: tensor(logits, [one.units, 16]),
        };
        return watchedGateLogitsGradient(inputs, {temperature: one.temperature})[1]!;
      });
      const expected = Array.from({length: one.units}, (_, unit) => {
        const p = probabilities(logits.subarray(16 * unit, 16 * unit + 16), one.temperature);
        const absolute = perTruthTableRow(absoluteSums.subarray(4 * unit, 4 * unit + 4));
        const reached = GATE_TRUTH.map((truth, row) => {
          // |T_gc - mean|: the probability of the gates that answer otherwise, without cancellation.
          const others = (answer: number) =>
            p.reduce((sum, share, gate) => sum + (truth[gate] === answer ? 0 : share), 0);
          const magnitudes = p.map((share, gate) => share * others(truth[gate]!));
          return (absolute[row]! * magnitudes.reduce((sum, value) => sum + value, 0)) / 16 / one.temperature;
        });
        return reached.reduce((sum, value) => sum + value, 0);
      });
      // As above; and an absolute sum in a row is a difference of sums of at most 4.
      expectWithin(found, expected, (i) => 4e-5 * expected[i]! + 1e-7 / one.temperature);
    });
  });

  it('is NaN where a logit is NaN, and nowhere else', () => {
    tidy(() => {
      const logits = tensor([Number.NaN, ...new Array<number>(31).fill(0)], [2, 16]);
      const sums = tensor(new Float32Array(8).fill(1), [2, 4]);
      const inputs = {sums, absoluteSums: sums, logits};
      const [dlogits, magnitude] = watchedGateLogitsGradient(inputs, {temperature: 1}) as [Tensor, Tensor];
      expect([...dlogits.dataSync()].map(Number.isNaN)).toEqual(Array.from({length: 32}, (_, i) => i < 16));
      expect([...magnitude.dataSync()].map(Number.isNaN)).toEqual([true, false]);
    });
  });

  it('leaves nothing behind', () => {
    const [logits, sums] = [tensor(new Float32Array(48), [3, 16]), tensor(new Float32Array(12), [3, 4])];
    const before = {...memory()};
    sampleGates({logits}, {temperature: 1, seed: 1, stream: 2, step: 3}).dispose();
    gateLogitsGradient({sums, logits}, {temperature: 1}).dispose();
    const watched = watchedGateLogitsGradient({sums, absoluteSums: sums, logits}, {temperature: 1});
    for (const one of watched) one.dispose();
    expect(memory()).toMatchObject({numTensors: before.numTensors, numDataBuffers: before.numDataBuffers});
    logits.dispose();
    sums.dispose();
  });
});

function probabilities(logits: Float32Array, temperature: number): number[] {
  const largest = Math.max(...logits);
  const weights = [...logits].map((logit) => Math.exp((logit - largest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Sums of v, v a, v b and v ab as those in rows 00, 01, 10 and 11 of the truth table. */
function perTruthTableRow(sums: Float32Array): Four {
  const [plain, withA, withB, both] = sums as unknown as Four;
  return [plain - withA - withB + both, withB - both, withA - both, both];
}
