import {argMax, getBackend, memory, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  categoryMode,
  GATE_COEFFICIENTS,
  registerKernels,
  sampleCategory,
  sampleGates,
  softmaxJacobianProduct,
  unregisterKernels,
} from '../../src/kernels/index.js';
import {sampleCategories} from '../../src/kernels/loops/sampleCategories.js';
import {CATEGORY_BLOCK, uniformsPerRow} from '../../src/kernels/ops/sampleCategory.js';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {expectFrequency} from '../support/expectations.js';
import {expectWithin, forGenerated, type LogitsCase, logitsCases} from './generated.js';

beforeAll(registerKernels);
afterAll(unregisterKernels);

const read = (compute: () => Tensor) => tidy(() => compute().dataSync<'float32'>());
const KEY = {seed: 3, stream: 1, step: 4};

describe(`sampleCategory on ${getBackend()}`, () => {
  it('samples the same categories as the loop over typed arrays', () => {
    forGenerated(logitsCases, ({logits, shape, temperature, key}) => {
      const expected = new Float32Array(logits.length);
      const categories = shape.at(-1)!;
      const uniforms = fillUniform(new Float32Array(logits.length / categories), key);
      sampleCategories(logits, uniforms, expected, categories, temperature);
      const sampled = read(() => sampleCategory({logits: tensor(logits, shape)}, {temperature, ...key}));
      expect(sampled).toEqual(expected);
    });
  });

  it('agrees with the composed reference unless the uniform lies within rounding of a boundary', () => {
    forGenerated(logitsCases, (one) => {
      const {logits, shape, temperature, key} = one;
      const fast = read(() => sampleCategory({logits: tensor(logits, shape)}, {temperature, ...key}));
      const composed = read(() =>
        sampleCategory.composed({logits: tensor(logits, shape)}, {temperature, ...key}),
      );
      const categories = shape.at(-1)!;
      const uniforms = fillUniform(new Float32Array(logits.length / categories), key);
      uniforms.forEach((uniform, row) => {
        const [begin, end] = [row * categories, (row + 1) * categories];
        if (fast.slice(begin, end).join() === composed.slice(begin, end).join()) return;
        const boundaries = cumulative(logits.slice(begin, end), temperature);
        expect(Math.min(...boundaries.map((boundary) => Math.abs(boundary - uniform)))).toBeLessThan(1e-5);
      });
    });
  });

  it('differs from the composed reference in less than one of 100,000 samples', () => {
    const logits = fillUniform(new Float32Array(1_600_000), KEY).map((value) => 6 * value - 3);
    const fast = read(() =>
      sampleCategory({logits: tensor(logits, [200_000, 8])}, {temperature: 0.7, ...KEY}),
    );
    const composed = read(() =>
      sampleCategory.composed({logits: tensor(logits, [200_000, 8])}, {temperature: 0.7, ...KEY}),
    );
    let different = 0;
    for (let i = 0; i < fast.length; i++) if (fast[i] === 1 && composed[i] !== 1) different++;
    expect(different).toBeLessThanOrEqual(2);
  });

  it('gives every row exactly one 1, never at a masked category', () => {
    forGenerated(logitsCases, ({logits, shape, temperature, key}) => {
      const sampled = read(() => sampleCategory({logits: tensor(logits, shape)}, {temperature, ...key}));
      const categories = shape.at(-1)!;
      for (let row = 0; row < logits.length / categories; row++) {
        const values = [...sampled.slice(row * categories, (row + 1) * categories)];
        expect(values.filter((value) => value === 1)).toHaveLength(1);
        expect(values.filter((value) => value === 0)).toHaveLength(categories - 1);
        expect(logits[row * categories + values.indexOf(1)]).not.toBe(-Infinity);
      }
    });
  });
});

describe(`sampleCategory of many categories on ${getBackend()}`, () => {
  it.each([256, 257, 512, 1001])(
    'samples the same of %i categories as the loop over typed arrays',
    (categories) => {
      const rows = 40;
      const logits = fillUniform(new Float32Array(rows * categories), KEY).map((value) => 12 * value - 6);
      const expected = new Float32Array(logits.length);
      const uniforms = fillUniform(new Float32Array(rows * uniformsPerRow(categories)), KEY);
      sampleCategories(logits, uniforms, expected, categories, 0.7);
      const inputs = () => ({logits: tensor(logits, [rows, categories])});
      const sampled = read(() => sampleCategory(inputs(), {temperature: 0.7, ...KEY}));
      expect(Buffer.from(sampled.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
      // The reference may differ where a uniform lies within rounding of a boundary: hardly ever in 40 rows.
      const composed = read(() => sampleCategory.composed(inputs(), {temperature: 0.7, ...KEY}));
      expect(sampled.filter((value, i) => value !== composed[i]).length).toBeLessThanOrEqual(2);
    },
  );

  it.each([257, 700])('reaches every one of %i categories where the uniforms say so', (categories) => {
    // Weights 1, 2, 1, 2, ...: the boundaries are whole numbers, and the middle of each is at half a weight.
    const weights = Array.from({length: categories}, (_, i) => 1 + (i % 2));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const logits = Float32Array.from(weights, Math.log);
    let [before, blockBefore] = [0, 0];
    weights.forEach((weight, i) => {
      if (i % CATEGORY_BLOCK === 0) blockBefore = before;
      const block = weights.slice(i - (i % CATEGORY_BLOCK), i - (i % CATEGORY_BLOCK) + CATEGORY_BLOCK);
      const blockTotal = block.reduce((sum, each) => sum + each, 0);
      const out = new Float32Array(categories);
      const uniforms = Float32Array.of(
        (blockBefore + blockTotal / 2) / total,
        (before - blockBefore + weight / 2) / blockTotal,
      );
      sampleCategories(logits, uniforms, out, categories, 1);
      expect(out.indexOf(1)).toBe(i);
      before += weight;
    });
  });

  it('takes the next block where the uniform falls on the boundary of two', () => {
    const out = new Float32Array(512);
    sampleCategories(new Float32Array(512), Float32Array.of(0.5, 0.001), out, 512, 1);
    expect(out.indexOf(1)).toBe(256);
  });

  it('gives NaN to a row without a distribution, in whichever block', () => {
    for (const index of [0, 255, 256, 599]) {
      const logits = new Float32Array(1800);
      logits[600 + index] = Number.NaN;
      const sampled = read(() =>
        sampleCategory({logits: tensor(logits, [3, 600])}, {temperature: 1, ...KEY}),
      );
      expect([...sampled].map(Number.isNaN)).toEqual(
        Array.from({length: 1800}, (_, i) => i >= 600 && i < 1200),
      );
    }
  });

  /**
   * How many of `rows` samples are not the first category, whose logit is 0 where the others are `rest`, and how many of these
   * lie in the second half. The tail is where a row's uniforms are largest: of the rows without such a uniform, `OTHERS` are
   * sampled to see that they miss it.
   */
  function tailSamples(
    sample: typeof sampleCategory.composed,
    {categories, rest, rows}: {categories: number; rest: number; rows: number},
  ) {
    const probability = 1 - 1 / (1 + (categories - 1) * Math.exp(rest));
    const weights = Float32Array.from({length: categories}, (_, i) => (i === 0 ? 0 : rest));
    const logits = tensor(weights, [1, categories]);
    const uniforms = new Float32Array(uniformsPerRow(categories));
    const counts = {tail: 0, secondHalf: 0, others: 0, probability};
    for (let step = 0, others = 0; step < rows; step++) {
      const isLarge = Math.max(...fillUniform(uniforms, {...KEY, step})) > 1 - 1.5 * probability;
      if (!isLarge && others++ >= OTHERS) continue;
      const sampled = () => argMax(sample({logits}, {temperature: 1, ...KEY, step}), -1);
      const index = read(sampled)[0]!;
      if (index > 0) counts[isLarge ? 'tail' : 'others']++;
      if (index > (categories - 1) / 2) counts.secondHalf++;
    }
    logits.dispose();
    return counts;
  }
  const OTHERS = 20;

  // Weights of exp(-17) are lost when added to 1 in float32, however many they are. The composed ops take a while: one backend.
  it.each([
    {categories: 2, rest: -8, rows: 200_000},
    {categories: 256, rest: -13, rows: 200_000},
    {categories: 257, rest: -13, rows: 200_000},
    {categories: 8_192, rest: -16.7, rows: 200_000},
    {categories: 65_536, rest: -17, rows: 20_000},
  ])(
    'samples the tail of $categories categories, one logit 0 and the rest $rest, with its probability',
    (one) => {
      const composed = getBackend() === 'wasm' ? [sampleCategory.composed] : [];
      for (const sample of [sampleCategory, ...composed]) {
        const {tail, secondHalf, others, probability} = tailSamples(sample, one);
        expectFrequency(tail, one.rows, probability);
        expect(others).toBe(0);
        const inTail = one.categories - 1;
        expectFrequency(secondHalf, tail, Math.ceil(inTail / 2) / inTail);
      }
    },
  );
});

describe(`a uniform exactly on the boundary between two categories, on ${getBackend()}`, () => {
  // 3 u is 2 in float32, where the second of three equal categories ends: the third begins there.
  const boundary = {seed: 1, stream: 0, step: 9_831_343};

  it('samples the later one', () => {
    const uniform = fillUniform(new Float32Array(1), boundary)[0]!;
    expect(Math.fround(3 * uniform)).toBe(2);
    const logits = () => tensor([[0, 0, 0]]);
    const attributes = {temperature: 1, ...boundary};
    expect([...read(() => sampleCategory({logits: logits()}, attributes))]).toEqual([0, 0, 1]);
    expect([...read(() => sampleCategory.composed({logits: logits()}, attributes))]).toEqual([0, 0, 1]);
    const gates = () => tensor([[0, 0, 0, ...new Array<number>(13).fill(-Infinity)]]);
    expect([...read(() => sampleGates({logits: gates()}, attributes))]).toEqual(GATE_COEFFICIENTS[2]);
  });
});

describe(`categoryMode on ${getBackend()}`, () => {
  it('equals the composed reference exactly', () => {
    forGenerated(logitsCases, ({logits, shape}) => {
      expect(read(() => categoryMode({logits: tensor(logits, shape)}))).toEqual(
        read(() => categoryMode.composed({logits: tensor(logits, shape)}, {})),
      );
    });
  });

  it('takes the first of equals', () => {
    const logits = tensor([1, 7, 7, 7, 2, 7], [1, 6]);
    expect([...read(() => categoryMode({logits}))]).toEqual([0, 1, 0, 0, 0, 0]);
    logits.dispose();
  });
});

describe(`softmaxJacobianProduct on ${getBackend()}`, () => {
  it('is right to float32 accuracy in every element, however peaked the row', () => {
    forGenerated(logitsCases, (one) => {
      const {logits, dy, shape, temperature} = one;
      const product = read(() =>
        softmaxJacobianProduct({dy: tensor(dy, shape), logits: tensor(logits, shape)}, {temperature}),
      );
      const {expected, scale} = exactProduct(one);
      // exp(x) of an x that is off by half an ulp, |x| < 88, is off by 5e-6 of itself; so is a total.
      expectWithin(product, expected, (i) => 2e-5 * scale[i]! + 1e-34 / temperature);
    });
  });

  it('agrees with the composed reference', () => {
    forGenerated(logitsCases, ({logits, dy, shape, temperature}) => {
      const gradient = () => tensor(dy, shape);
      const fast = read(() =>
        softmaxJacobianProduct({dy: gradient(), logits: tensor(logits, shape)}, {temperature}),
      );
      const composed = read(() =>
        softmaxJacobianProduct.composed({dy: gradient(), logits: tensor(logits, shape)}, {temperature}),
      );
      // |dy| <= 2, and the reference cancels at that size.
      expectWithin(fast, composed, () => 2e-5 / temperature);
    });
  });
});

describe(`rows without a distribution on ${getBackend()}`, () => {
  const nan = Number.NaN;
  const rows = {
    'NaN first': [nan, 1, 2, 3, 4],
    'NaN in the middle': [1, 2, nan, 3, 4],
    'NaN last': [1, 2, 3, 4, nan],
    '+Infinity': [1, Infinity, 0, 0, 0],
    'all masked': [-Infinity, -Infinity, -Infinity, -Infinity, -Infinity],
  };

  it.each(Object.entries(rows))('%s: the row is NaN and its neighbours are not', (_, row) => {
    const logits = tensor([...row, 0, 1, 2, 3, 4, ...row], [3, 5]);
    const dy = tensor(new Float32Array(15).fill(0.5), [3, 5]);
    const outputs = [
      read(() => sampleCategory({logits}, {temperature: 0.5, ...KEY})),
      read(() => categoryMode({logits})),
      read(() => softmaxJacobianProduct({dy, logits}, {temperature: 0.5})),
    ];
    for (const output of outputs) {
      expect([...output].map(Number.isNaN)).toEqual([
        ...Array(5).fill(true),
        ...Array(5).fill(false),
        ...Array(5).fill(true),
      ]);
    }
    logits.dispose();
    dy.dispose();
  });

  it('an empty batch stays empty', () => {
    const empty = tensor([], [0, 5]);
    expect(read(() => sampleCategory({logits: empty}, {temperature: 1, ...KEY}))).toHaveLength(0);
    expect(read(() => categoryMode({logits: empty}))).toHaveLength(0);
    expect(read(() => softmaxJacobianProduct({dy: empty, logits: empty}, {temperature: 1}))).toHaveLength(0);
    empty.dispose();
  });

  it('integer logits count as numbers', () => {
    const whole = tensor([1, 5, 2], [1, 3], 'int32');
    expect([...read(() => categoryMode({logits: whole}))]).toEqual([0, 1, 0]);
    whole.dispose();
  });

  it('leaves nothing behind', () => {
    const logits = tensor([[1, 2, 3]]);
    const before = {...memory()};
    sampleCategory({logits}, {temperature: 1, ...KEY}).dispose();
    categoryMode({logits}).dispose();
    softmaxJacobianProduct({dy: logits, logits}, {temperature: 1}).dispose();
    expect(memory()).toMatchObject({numTensors: before.numTensors, numDataBuffers: before.numDataBuffers});
    logits.dispose();
  });
});

/** Cumulative probabilities of softmax(row / temperature) in double precision. */
function cumulative(row: Float32Array, temperature: number): number[] {
  const largest = Math.max(...row);
  const weights = [...row].map((logit) => Math.exp((logit - largest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((_, i) => weights.slice(0, i + 1).reduce((sum, weight) => sum + weight) / total);
}

/** The product in double precision, and the size of what is added up for each element. */
function exactProduct({logits, dy, shape, temperature}: LogitsCase) {
  const categories = shape.at(-1)!;
  const expected: number[] = [];
  const scale: number[] = [];
  for (let begin = 0; begin < logits.length; begin += categories) {
    const row = [...logits.slice(begin, begin + categories)];
    const largest = Math.max(...row);
    const reference = dy[begin + row.indexOf(largest)]!;
    const change = [...dy.slice(begin, begin + categories)].map((value) => value - reference);
    const weights = row.map((logit) => Math.exp((logit - largest) / temperature));
    const total = weights.reduce((sum, weight) => sum + weight);
    const mean = weights.reduce((sum, weight, j) => sum + weight * change[j]!, 0) / total;
    const size = weights.reduce((sum, weight, j) => sum + weight * Math.abs(change[j]!), 0) / total;
    weights.forEach((weight, i) => {
      expected.push((weight / total) * ((change[i]! - mean) / temperature));
      scale.push((weight / total) * ((Math.abs(change[i]!) + size) / temperature));
    });
  }
  return {expected, scale};
}
