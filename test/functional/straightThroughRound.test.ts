import {grad, type Tensor, tensor} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {straightThroughRound} from '../../src/functional/index.js';
import {arbitrary, expectRows, valuesOf} from '../support/expectations.js';

describe('straightThroughRound', () => {
  it('rounds to the nearest integer, halves to even', () => {
    const x = tensor([-2.5, -1.5, -0.6, -0.4, 0, 0.5, 1.5, 2.4, 2.6, 1e6 + 0.25]);
    const rounded = [...valuesOf(straightThroughRound(x))].map((value) => value + 0); // -0 counts as 0
    expect(rounded).toEqual([-2, -2, -1, 0, 0, 0, 2, 2, 3, 1e6]);
  });

  it('passes the gradient unchanged', () => {
    const x = arbitrary([3, 4], 5);
    const dy = arbitrary([3, 4], 2, 1);
    const dx = grad((input: Tensor) => straightThroughRound(input))(x, dy);
    expect(valuesOf(dx)).toEqual(dy.dataSync());
  });

  it.each([2, 3, 5, 256])('with %i levels: the nearest of the evenly spaced values from 0 to 1', (levels) => {
    const x = Array.from({length: 41}, (_, i) => i / 29 - 0.2);
    const nearest = x.map(
      (value) => Math.round(Math.min(1, Math.max(0, value)) * (levels - 1)) / (levels - 1),
    );
    // One division in float32: half a unit in the last place.
    expectRows(valuesOf(straightThroughRound(tensor(x), {levels})), [nearest], 1e-7);
    const ends = straightThroughRound(tensor([-3, 0, 1, 7]), {levels});
    expect([...valuesOf(ends)]).toEqual([0, 0, 1, 1]);
  });

  it('with levels: the gradient is unchanged inside and zero where the input was clipped', () => {
    const f = (input: Tensor) => straightThroughRound(input, {levels: 5});
    const dx = valuesOf(grad(f)(tensor([-0.5, 0.1, 0.49, 0.9, 1.5]), tensor([3, 5, 7, 11, 13])));
    // The gradient is multiplied by levels - 1 and divided again: two roundings.
    expectRows(dx, [[0, 5, 7, 11, 0]], 2e-7);
  });

  it.each([1, 0, -1, 2.5, Number.NaN, Infinity])('rejects %d levels', (levels) => {
    expect(() => straightThroughRound(tensor([0]), {levels})).toThrow(
      new Error(`straightThroughRound: \`levels\` must be a whole number >= 2, got ${levels}.`),
    );
  });
});
