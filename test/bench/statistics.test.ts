import {describe, expect, it} from 'vitest';
import {fittedExponent, median, quantile, ratios, summarize} from './statistics.js';

describe('statistics', () => {
  it('returns the middle of an odd number of values, and the mean of the two middle ones of an even number', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
  });

  it('interpolates between the values around a quantile', () => {
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(() => quantile([], 0.5)).toThrow('empty');
  });

  it('summarizes without minding the order', () => {
    expect(summarize([5, 1, 2, 4, 3])).toEqual({median: 3, low: 2, high: 4, least: 1, most: 5, count: 5});
  });

  it('divides round by round, so that a slow machine cancels out', () => {
    expect(ratios([2, 20, 200], [1, 10, 100])).toMatchObject({median: 2, least: 2, most: 2});
  });

  it.each([0, 0.5, 1, 2])('finds exponent %f of a power law', (exponent) => {
    const sizes = [1, 2, 4, 8, 16, 32];
    expect(
      fittedExponent(
        sizes,
        sizes.map((size) => 3 * size ** exponent),
      ),
    ).toBeCloseTo(exponent, 12);
  });
});
