import {getBackend, memory, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {sampleCategories} from '../../src/kernels/cpu/sampleCategory.js';
import {
  categoryMode,
  registerKernels,
  sampleCategory,
  softmaxJacobianProduct,
  unregisterKernels,
} from '../../src/kernels/index.js';
import {fillUniform} from '../../src/kernels/pcg4d.js';
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
