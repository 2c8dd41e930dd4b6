import {describe, expect, it} from 'vitest';
import {schedules} from '../../src/functional/index.js';

const {constant, linear, exponential, cosine, steps} = schedules;

describe('schedules', () => {
  it('constant', () => {
    expect([0, 1, 1e6].map(constant(0.7))).toEqual([0.7, 0.7, 0.7]);
    expect(constant(0)(3)).toBe(0);
  });

  it.each([
    ['linear', linear(2, 0.5, 10), [2, 1.7, 1.25, 0.5]],
    ['linear, upwards from 0', linear(0, 1, 10), [0, 0.2, 0.5, 1]],
    ['exponential', exponential(2, 0.5, 10), [2, 2 * 0.25 ** 0.2, 1, 0.5]],
    ['exponential, upwards', exponential(0.1, 10, 10), [0.1, 0.1 * 100 ** 0.2, 1, 10]],
    ['cosine', cosine(2, 0.5, 10), [2, 0.5 + 0.75 * (1 + Math.cos(Math.PI / 5)), 1.25, 0.5]],
  ])('%s: at both ends, between, before and after', (_, schedule, [start, fifth, middle, end]) => {
    expect(schedule(0)).toBe(start);
    expect(schedule(2)).toBeCloseTo(fifth!, 12);
    expect(schedule(5)).toBeCloseTo(middle!, 12);
    expect(schedule(10)).toBeCloseTo(end!, 12);
    expect(schedule(1000)).toBe(schedule(10));
    expect(schedule(-1)).toBe(start);
  });

  it('steps: a value holds until the epoch of its boundary', () => {
    const schedule = steps([1, 0.5, 0.1], [3, 5]);
    expect([0, 1, 2, 3, 4, 5, 6, 100].map(schedule)).toEqual([1, 1, 1, 0.5, 0.5, 0.1, 0.1, 0.1]);
    expect(steps([2], [])(9)).toBe(2);
    expect(steps([2, 1], [0])(0)).toBe(1);
  });

  it.each([
    [() => constant(Number.NaN), 'constant: `value` must be a finite number >= 0, got NaN.'],
    [() => constant(-1), 'constant: `value` must be a finite number >= 0, got -1.'],
    [() => linear(-1, 1, 5), 'linear: `from` must be a finite number >= 0, got -1.'],
    [() => linear(1, Infinity, 5), 'linear: `to` must be a finite number >= 0, got Infinity.'],
    [() => linear(1, 2, 0), 'linear: `epochs` must be a whole number >= 1, got 0.'],
    [() => cosine(1, 2, 2.5), 'cosine: `epochs` must be a whole number >= 1, got 2.5.'],
    [() => cosine('1' as never, 2, 2), 'cosine: `from` must be a finite number >= 0, got "1".'],
    [() => exponential(0, 1, 5), 'exponential: `from` must be a finite number > 0, got 0.'],
    [() => exponential(1, 0, 5), 'exponential: `to` must be a finite number > 0, got 0.'],
    [() => steps([1, 2], []), 'steps: `values` must be one longer than `boundaries` (0), got 2.'],
    [() => steps([1, -2], [3]), 'steps: `values` must be a finite number >= 0, got -2.'],
    [() => steps([1, 2, 3], [3, 3]), 'steps: `boundaries` must be a whole number >= 4, got 3.'],
    [() => steps([1, 2], [-1]), 'steps: `boundaries` must be a whole number >= 0, got -1.'],
    [() => steps([1, 2], [1.5]), 'steps: `boundaries` must be a whole number >= 0, got 1.5.'],
  ])('refuses what it cannot follow: %#', (make, message) => {
    expect(make).toThrow(new Error(message));
  });
});
