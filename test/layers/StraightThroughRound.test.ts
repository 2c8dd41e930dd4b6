import {type Tensor, tensor} from '@tensorflow/tfjs-core';
import {layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import {inputGradient, numbersOf, uniformTensor} from '../support/values.js';

const run = (values: number[], levels?: number) =>
  numbersOf(layers.straightThroughRound(levels ? {levels} : {}).apply(tensor([values])) as Tensor);

describe('StraightThroughRound', () => {
  it('rounds to integers, halves to even', () => {
    expect(run([-1.7, -0.2, 0.4, 0.5, 1.5, 2.5, 100.6])).toEqual([-2, -0, 0, 0, 2, 2, 101]);
  });

  it.each([
    [2, [0, 0, 0, 1, 1]],
    [3, [0, 0, 0.5, 1, 1]],
    [5, [0, 0, 0.5, 0.75, 1]],
  ])('clips to [0, 1] and takes the nearest of %i levels', (levels, expected) => {
    expect(run([-3, 0.1, 0.4, 0.8, 7], levels)).toEqual(expected);
  });

  it('lets the gradient pass, but where it clipped', () => {
    const x = tensor([[-0.5, 0.3, 0.9, 1.5]]);
    const dy = tensor([[1, 2, 3, 4]]);
    expect(inputGradient(layers.straightThroughRound(), x, dy, true)).toEqual([1, 2, 3, 4]);
    const clipped = inputGradient(layers.straightThroughRound({levels: 5}), x, dy, true);
    expect(clipped[0]).toBe(0);
    expect(clipped[3]).toBe(0);
    expect(clipped[1]).toBeCloseTo(2, 6); // times 4, then over 4, in float32
    expect(clipped[2]).toBeCloseTo(3, 6);
  });

  it('does the same in training and in evaluation', () => {
    const layer = layers.straightThroughRound({levels: 4});
    const x = uniformTensor([5, 5], -1, 2, 1);
    const [train, evaluate] = [true, false].map((training) =>
      numbersOf(layer.apply(x, {training}) as Tensor),
    );
    expect(train).toEqual(evaluate);
  });
});
