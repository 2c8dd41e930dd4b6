import {getBackend, memory, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  composedHoldsNaN,
  composedSumAbsoluteRows,
  composedSumOfSquares,
  composedSumRows,
} from '../../src/kernels/composed/reductions.js';
import {
  holdsNaN,
  registerKernels,
  sumAbsoluteRows,
  sumOfSquares,
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

describe.each([
  ['sumOfSquares', sumOfSquares, composedSumOfSquares],
  ['sumRows', sumRows, composedSumRows],
  ['sumAbsoluteRows', sumAbsoluteRows, composedSumAbsoluteRows],
] as const)(`%s on ${getBackend()}`, (_, fast, composed) => {
  it('agrees with the composed form', () => {
    forGenerated(matrices, ({shape, x}) => {
      const expected = read(() => composed(tensor(x, shape)));
      // At most 861 terms of at most 9, or 21 of at most 3.
      const allowed = expected.length === 1 ? 1e-6 * 9 * x.length : 1e-5;
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
    fast(x).dispose();
    expect(memory()).toMatchObject({numTensors: before.numTensors, numDataBuffers: before.numDataBuffers});
    x.dispose();
  });
});

describe(`sumOfSquares on ${getBackend()}`, () => {
  it('keeps float32 accuracy over a million elements', () => {
    const x = fillUniform(new Float32Array(1_000_003), {seed: 1, stream: 2, step: 3});
    const exact = x.reduce((total, value) => total + value * value, 0);
    expect(Math.abs(read(() => sumOfSquares(tensor(x)))[0]! / exact - 1)).toBeLessThan(2e-6);
  });
});

describe(`holdsNaN on ${getBackend()}`, () => {
  it('finds NaN at every place, and takes nothing else for it', () => {
    for (const length of [1, 3, 16, 21, 4099]) {
      const x = new Float32Array(length).fill(-Infinity);
      x[length - 1] = Infinity;
      expect(read(() => holdsNaN(tensor(x)))[0]).toBe(0);
      for (const place of new Set([0, 1, 2, 5, 9, 13, 17, 4095, 4096, length - 1])) {
        if (place >= length) continue;
        const one = x.slice();
        one[place] = Number.NaN;
        expect(read(() => holdsNaN(tensor(one)))[0], `${place} of ${length}`).toBe(1);
      }
    }
  });

  it('agrees with the composed form, and leaves nothing behind', () => {
    for (const last of [2, Number.NaN]) {
      const x = tensor([1, last]);
      const composed = read(() => composedHoldsNaN(x)); // cpu casts by relabelling: its array stays one of bytes
      expect([...read(() => holdsNaN(x))]).toEqual([...composed]);
      const before = {...memory()};
      holdsNaN(x).dispose();
      expect(memory()).toMatchObject({numTensors: before.numTensors, numDataBuffers: before.numDataBuffers});
      x.dispose();
    }
  });
});
