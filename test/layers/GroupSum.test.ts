import {ones, type Tensor, tensor} from '@tensorflow/tfjs-core';
import {input, sequential} from '@tensorflow/tfjs-layers';
import {GroupSum, layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import {SAVING_TRIPS} from '../support/saving.js';
import {inputGradient, numbersOf} from '../support/values.js';

const x = tensor([
  [1, 0, 1, 1, 1, 1],
  [0, 0, 1, 0, 0, 1],
]);

describe('GroupSum', () => {
  it.each([
    [1, [5, 2]],
    [2, [2, 3, 1, 1]],
    [3, [1, 2, 2, 0, 1, 1]],
    [6, [1, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1]],
  ])('adds up %i neighbouring groups', (groups, sums) => {
    expect(numbersOf(layers.groupSum({groups, temperature: 1}).apply(x) as Tensor)).toEqual(sums);
  });

  it('divides by its temperature, and its gradient too', () => {
    const layer = layers.groupSum({groups: 2, temperature: 4});
    expect(numbersOf(layer.apply(x) as Tensor)).toEqual([0.5, 0.75, 0.25, 0.25]);
    const dy = tensor([
      [1, 2],
      [3, 4],
    ]);
    const dx = inputGradient(layer, x, dy, true);
    expect(dx).toEqual([0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.75, 0.75, 0.75, 1, 1, 1]);
  });

  it('divides by a quarter of the square root of the units per group by default, and says so once it knows them', async () => {
    const layer = layers.groupSum({groups: 2});
    expect(layer.temperature).toBeUndefined();
    expect(layer.getConfig().temperature).toBeNull();
    expect(numbersOf(layer.apply(ones([1, 32])) as Tensor)).toEqual([16, 16]);
    expect(layer.temperature).toBe(1);
    const model = sequential({layers: [layers.groupSum({groups: 2, inputShape: [18]})]});
    const loaded = await SAVING_TRIPS.memory!(model);
    expect((loaded.layers[0] as GroupSum).temperature).toBe(0.75);
  });

  it('keeps the temperature 1 that 0.1.0 wrote', () => {
    const layer = GroupSum.fromConfig(GroupSum as never, {
      name: 'sums',
      groups: 2,
      temperature: 1,
    }) as GroupSum;
    expect(numbersOf(layer.apply(ones([1, 32])) as Tensor)).toEqual([16, 16]);
  });

  it('needs to know the last axis', () => {
    expect(() => layers.groupSum({groups: 2}).apply(input({shape: [null]}))).toThrow(
      'GroupSum: `groups` must be a divisor of the last axis (null), got 2.',
    );
  });
});
