import {readFileSync} from 'node:fs';
import {tensor} from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  decoupledCategorical,
  gumbelNoise,
  logisticNoise,
  type RandomKey,
  randomUniform,
  stochasticBinary,
} from '../../src/functional/index.js';
import {fillUniform, toRandomKey} from '../../src/functional/random.js';
import {registerKernels} from '../../src/kernels/index.js';
import {meanAndError, valuesOf} from '../support/expectations.js';

beforeAll(registerKernels);

const golden: {uniforms: {key: RandomKey; values: number[]}[]} = JSON.parse(
  readFileSync(new URL('../fixtures/estimators.json', import.meta.url), 'utf8'),
);

const uniforms = (count: number, key: RandomKey) => valuesOf(randomUniform([count], key));

/** Keys as training makes them: small seeds, any stream, consecutive steps. */
const KEYS: RandomKey[] = [
  {seed: 0, stream: 0, step: 0},
  {seed: 0, stream: 0, step: 1},
  {seed: 7, stream: 3, step: 1000},
  {seed: 2410, stream: 2654435769, step: 200_000},
  {seed: 4294967295, stream: 1, step: 2},
];
const NAMES = ['seed', 'stream', 'step'] as const;

/** Chi-square of n numbers of equal probability falling into `bins`: mean bins - 1, variance twice that. */
function chiSquare(indices: Iterable<number>, bins: number): number {
  const counts = new Array<number>(bins).fill(0);
  let n = 0;
  for (const index of indices) {
    counts[index]!++;
    n++;
  }
  return counts.reduce((total, count) => total + (count - n / bins) ** 2 / (n / bins), 0);
}

/** Within five standard deviations, to either side: too even is not random. */
function expectChiSquare(indices: Iterable<number>, bins: number): void {
  const off = (chiSquare(indices, bins) - (bins - 1)) / Math.sqrt(2 * (bins - 1));
  expect(Math.abs(off)).toBeLessThan(5);
}

/** Pearson correlation in units of its standard error, 1 / sqrt(n). */
function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let product = 0;
  for (let i = 0; i < n; i++) product += (a[i]! - 0.5) * (b[i]! - 0.5);
  return (12 * product) / Math.sqrt(n); // a uniform's variance is 1/12
}

/**
 * How far from uniform the differences are, around a circle: |mean of exp(2 pi i h (a - b))| sqrt(n).
 * It sees what correlation misses, b = a + 1/2 for one. Above 5 by chance: exp(-25).
 */
function circular(a: ArrayLike<number>, b: ArrayLike<number>, h: number): number {
  let [re, im] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const angle = 2 * Math.PI * h * (a[i]! - b[i]!);
    re += Math.cos(angle);
    im += Math.sin(angle);
  }
  return Math.hypot(re, im) / Math.sqrt(a.length);
}

/** Neither the whole nor any of the four numbers of a block tells anything about the other's. */
function expectIndependent(a: Float32Array, b: Float32Array, about: string): void {
  for (let lane = 0; lane < 4; lane++) {
    const [x, y] = [a, b].map((all) => all.filter((_, i) => i % 4 === lane)) as [Float32Array, Float32Array];
    expect(Math.abs(correlation(x, y)), `correlation, ${about}, number ${lane}`).toBeLessThan(5);
    for (const h of [1, 2, 4]) {
      expect(circular(x, y, h), `circular ${h}, ${about}, number ${lane}`).toBeLessThan(5);
    }
  }
}

describe('the random source', () => {
  it.each(golden.uniforms)('gives the listing of pcg4d bit for bit at $key', ({key, values}) => {
    expect([...uniforms(values.length, key)]).toEqual(values);
    expect([...fillUniform(new Float32Array(values.length), key)]).toEqual(values);
  });

  it.each([1, 2, 3, 4, 5, 15, 16, 17, 1023])(
    'fills %i values with the beginning of the longer block',
    (count) => {
      const key = KEYS[2]!;
      expect(uniforms(count, key)).toEqual(fillUniform(new Float32Array(2000), key).slice(0, count));
    },
  );

  it('numbers the values of a shape in row-major order', () => {
    const x = randomUniform([3, 5, 2], KEYS[2]!);
    expect(x.shape).toEqual([3, 5, 2]);
    expect(valuesOf(x)).toEqual(fillUniform(new Float32Array(30), KEYS[2]!));
  });

  it.each(KEYS)('is uniform, singly and in pairs, at %o', (key) => {
    const n = 1 << 16;
    const u = uniforms(n, key);
    expectChiSquare(
      u.map((value) => Math.floor(value * 256)),
      256,
    );
    expect(Math.min(...u.subarray(0, 60_000))).toBeGreaterThan(0);
    expect(Math.max(...u.subarray(0, 60_000))).toBeLessThan(1);
    const lowBits = u.map((value) => Math.floor(value * 2 ** 23) % 256);
    expectChiSquare(lowBits, 256);
    for (const lag of [1, 2, 3, 4, 5, 8, 16, 784]) {
      const pairs = Array.from(
        {length: n - lag},
        (_, i) => 16 * Math.floor(16 * u[i]!) + Math.floor(16 * u[i + lag]!),
      );
      expectChiSquare(pairs, 256);
      expect(Math.abs(correlation(u.subarray(lag), u.subarray(0, n - lag)))).toBeLessThan(5);
    }
  });

  it.each(NAMES)('is uniform along consecutive values of the %s, at one index', (name) => {
    const n = 1 << 14;
    for (const key of KEYS) {
      const block = Array.from({length: n}, (_, i) => fillUniform(new Float32Array(4), {...key, [name]: i}));
      for (let index = 0; index < 4; index++) {
        const u = Float32Array.from(block, (four) => four[index]!);
        expectChiSquare(
          u.map((value) => Math.floor(value * 128)),
          128,
        );
        for (const lag of [1, 2, 3, 8]) {
          expect(Math.abs(correlation(u.subarray(lag), u.subarray(0, n - lag)))).toBeLessThan(5);
        }
      }
    }
  });

  it.each(NAMES)('gives independent numbers for consecutive values of the %s', (name) => {
    for (const key of KEYS) {
      const blocks = [0, 1, 2, 3, 4].map((i) => uniforms(1 << 13, {...key, [name]: (key[name] + i) >>> 0}));
      for (let i = 1; i < blocks.length; i++) {
        expectIndependent(blocks[0]!, blocks[i]!, `${name} ${key[name]} and ${i} more`);
      }
    }
  });

  it.each(NAMES)('gives independent numbers where one bit of the %s differs', (name) => {
    for (const key of KEYS) {
      const base = uniforms(1 << 13, key);
      for (let bit = 0; bit < 32; bit++) {
        const flipped = {...key, [name]: (key[name] ^ (1 << bit)) >>> 0};
        expectIndependent(base, uniforms(1 << 13, flipped), `bit ${bit} of ${name}, ${JSON.stringify(key)}`);
      }
    }
  });
});

describe('toRandomKey', () => {
  /** 2^32 over the golden ratio, which spreads the seed's upper bits over the stream. */
  const GOLDEN = 0x9e3779b1;

  it('keeps a key, and tells all integer seeds apart', () => {
    expect(toRandomKey('test', KEYS[2]!)).toBe(KEYS[2]);
    expect(toRandomKey('test', 5)).toEqual({seed: 5, stream: 0, step: 0});
    expect(toRandomKey('test', 2 ** 32 + 5)).toEqual({seed: 5, stream: GOLDEN, step: 0});
    expect(toRandomKey('test', -1)).toEqual({seed: 2 ** 32 - 1, stream: 2 ** 32 - GOLDEN, step: 0});
    const seeds = [0, -1, 1, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), 2 ** 40, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => JSON.stringify(toRandomKey('test', seed)))).size).toBe(seeds.length);
  });

  it.each([undefined, null, Number.NaN, Infinity, 1.5, 2 ** 53, '7'])('rejects %s as a seed', (seed) => {
    const message = `\`seed\` must be an integer, got ${typeof seed === 'string' ? `"${seed}"` : seed}.`;
    expect(() => toRandomKey('test', seed as never)).toThrow(`test: ${message}`);
    for (const unit of [decoupledCategorical, stochasticBinary]) {
      expect(() => unit(tensor([1, 2]), {seed: seed as never})).toThrow(`${unit.name}: ${message}`);
    }
  });

  it.each(NAMES)('rejects a key without its %s', (part) => {
    const key = {...KEYS[2]!, [part]: undefined} as never;
    expect(() => toRandomKey('test', key)).toThrow(
      `test: \`seed.${part}\` must be an integer, got undefined.`,
    );
  });
});

describe('noise', () => {
  const n = 100_000;
  const euler = 0.5772156649;
  it.each([
    ['Gumbel', gumbelNoise, euler, Math.PI ** 2 / 6, (x: number) => Math.exp(-Math.exp(-x))],
    ['logistic', logisticNoise, 0, Math.PI ** 2 / 3, (x: number) => 1 / (1 + Math.exp(-x))],
  ] as const)('%s: mean, variance and distribution', (_, noise, mean, variance, cumulative) => {
    const x = valuesOf(noise([n], {seed: 11, stream: 2, step: 9}));
    const first = meanAndError(x);
    expect(Math.abs(first.mean - mean)).toBeLessThan(4 * first.error);
    const second = meanAndError(x.map((value) => (value - mean) ** 2));
    expect(Math.abs(second.mean - variance)).toBeLessThan(4 * second.error);
    // Carried through its own distribution function, it must be uniform.
    expectChiSquare(
      x.map((value) => Math.min(63, Math.floor(64 * cumulative(value)))),
      64,
    );
  });

  it('stays finite at the ends of the grid of uniforms', () => {
    const lowest = 2 ** -24;
    expect(-Math.log(-Math.log(lowest))).toBeGreaterThan(-2.9);
    expect(-Math.log(-Math.log(1 - lowest))).toBeLessThan(16.7);
    const g = valuesOf(gumbelNoise([300_000], {seed: 3, stream: 0, step: 0}));
    expect(g.every((value) => value > -2.9 && value < 16.7)).toBe(true);
  });
});
