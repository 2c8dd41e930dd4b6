import {getBackend, memory, range, scalar, slice, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  globalNorm,
  hasNaN,
  registerKernels,
  sumAbsoluteRows,
  sumRows,
  unregisterKernels,
} from '../../src/kernels/index.js';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {expectWithin, forGenerated} from './generated.js';

beforeAll(registerKernels);
afterAll(unregisterKernels);

const read = (compute: () => Tensor) => tidy(() => compute().dataSync<'float32'>());

const matrices = fc
  .record({
    rows: fc.integer({min: 1, max: 21}),
    columns: fc.integer({min: 1, max: 41}),
    seed: fc.nat(0xffffffff),
  })
  .map(({rows, columns, seed}) => ({
    shape: [rows, columns],
    x: fillUniform(new Float32Array(rows * columns), {seed, stream: 0, step: 0}).map(
      (value) => 6 * value - 3,
    ),
  }));

/** A reduction of a matrix by the kernel, and by its composed reference. */
type Reduction = [name: string, kernel: (x: Tensor) => Tensor, composed: (x: Tensor) => Tensor];

const withColumns = (x: Tensor) => ({x, onto: range(1, x.shape[1]! + 1)});
const withFirstRow = (x: Tensor) => ({x, first: slice(x, 0, 1)});
const withScalar = (x: Tensor) => ({x, onto: scalar(3)});

const REDUCTIONS: Reduction[] = [
  ['sumRows', (x) => sumRows({x}), (x) => sumRows.composed({x}, {})],
  ['sumRows onto others', (x) => sumRows(withColumns(x)), (x) => sumRows.composed(withColumns(x), {})],
  ['globalNorm', (x) => globalNorm(withFirstRow(x)), (x) => globalNorm.composed(withFirstRow(x), {})],
  [
    'globalNorm onto another',
    (x) => globalNorm(withScalar(x)),
    (x) => globalNorm.composed(withScalar(x), {}),
  ],
  ['sumAbsoluteRows', (x) => sumAbsoluteRows({x}), (x) => sumAbsoluteRows.composed({x}, {})],
];

describe.each(REDUCTIONS)(`%s on ${getBackend()}`, (_, fast, composed) => {
  it('agrees with the composed reference', () => {
    forGenerated(matrices, ({shape, x}) => {
      const expected = read(() => composed(tensor(x, shape)));
      // At most 21 terms of at most 3, or the root of 861 squares of at most 9.
      const allowed = 2e-5;
      expectWithin(
        read(() => fast(tensor(x, shape))),
        expected,
        () => allowed,
      );
    });
  });

  it('says NaN where a column holds NaN', () => {
    const x = [1, 2, Number.NaN, 4, 5, 6];
    expectWithin(
      read(() => fast(tensor(x, [2, 3]))),
      read(() => composed(tensor(x, [2, 3]))),
      () => 1e-6,
    );
  });

  it('leaves nothing behind', () => {
    const x = tensor([[1, 2, 3]]);
    const before = {...memory()};
    tidy(() => fast(x).dataSync());
    expect(memory()).toMatchObject({numTensors: before.numTensors, numDataBuffers: before.numDataBuffers});
    x.dispose();
  });
});

describe(`globalNorm on ${getBackend()}`, () => {
  it('keeps float32 accuracy over a million elements', () => {
    const x = fillUniform(new Float32Array(1_000_003), {seed: 1, stream: 2, step: 3});
    const exact = Math.sqrt(x.reduce((total, value) => total + value * value, 0));
    expect(Math.abs(read(() => globalNorm({x: tensor(x)}))[0]! / exact - 1)).toBeLessThan(1e-6);
  });

  it('is 0 without tensors, and takes more of them than a shader has buffers', () => {
    expect(read(() => globalNorm({}))[0]).toBe(0);
    expect(read(() => globalNorm.composed({}, {}))[0]).toBe(0);
    const many = () =>
      Object.fromEntries(Array.from({length: 16}, (_, i) => [`x${i}`, tensor([i % 2, i % 3])]));
    expect(read(() => globalNorm(many()))[0]).toBeCloseTo(Math.sqrt(8 + 25), 5);
    expect(read(() => globalNorm.composed(many(), {}))[0]).toBeCloseTo(Math.sqrt(8 + 25), 5);
  });
});

describe(`hasNaN on ${getBackend()}`, () => {
  it('finds NaN at every index, and reports none where there is none', () => {
    for (const length of [1, 3, 16, 21, 4099]) {
      const x = new Float32Array(length).fill(-Infinity);
      x[length - 1] = Infinity;
      expect(read(() => hasNaN({x: tensor(x)}))[0]).toBe(0);
      for (const index of new Set([0, 1, 2, 5, 9, 13, 17, 4095, 4096, length - 1])) {
        if (index >= length) continue;
        const one = x.slice();
        one[index] = Number.NaN;
        expect(read(() => hasNaN({x: tensor(one)}))[0], `${index} of ${length}`).toBe(1);
      }
    }
  });

  it('agrees with the composed reference, and leaves nothing behind', () => {
    for (const last of [2, Number.NaN]) {
      const x = tensor([1, last]);
      const composed = read(() => hasNaN.composed({x}, {})); // cpu casts by relabelling: its array stays one of bytes
      expect([...read(() => hasNaN({x}))]).toEqual([...composed]);
      const before = {...memory()};
      hasNaN({x}).dispose();
      expect(memory()).toMatchObject({numTensors: before.numTensors, numDataBuffers: before.numDataBuffers});
      x.dispose();
    }
  });
});
