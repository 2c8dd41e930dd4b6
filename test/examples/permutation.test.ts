import {describe, expect, it} from 'vitest';
import {permutation} from '../../examples/mnist/data/permutation.js';

describe('permutation', () => {
  it('visits every index once', () => {
    expect([...permutation(1000, 3, 0)].sort((a, b) => a - b)).toEqual(
      Array.from({length: 1000}, (_, i) => i),
    );
  });

  it('depends on seed and epoch, and on nothing else', () => {
    expect(permutation(50, 3, 4)).toEqual(permutation(50, 3, 4));
    expect(permutation(50, 3, 4)).not.toEqual(permutation(50, 3, 5));
    expect(permutation(50, 3, 4)).not.toEqual(permutation(50, 4, 4));
  });

  it('is uniform: each of the 6 orders of 3 indices is equally frequent', () => {
    const epochs = 3000;
    const hits = new Map<string, number>();
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = permutation(3, 7, epoch).join('');
      hits.set(order, (hits.get(order) ?? 0) + 1);
    }
    expect(hits.size).toBe(6);
    const tolerance = 4 * Math.sqrt((1 / 6) * (5 / 6) * epochs);
    for (const count of hits.values()) expect(Math.abs(count - epochs / 6)).toBeLessThan(tolerance);
  });
});
