import {add, grad, mul, ones, square, type Tensor, tensor} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {stopGradient} from '../../src/functional/index.js';
import {valuesOf} from '../support/expectations.js';

describe('stopGradient', () => {
  const x = tensor([
    [1, -2.5],
    [0, 3],
  ]);

  it('passes values on', () => {
    const y = stopGradient(x);
    expect(y.shape).toEqual(x.shape);
    expect([...valuesOf(y)]).toEqual([1, -2.5, 0, 3]);
  });

  it('lets no gradient back', () => {
    expect([...valuesOf(grad((input) => square(stopGradient(input)))(x, ones([2, 2])))]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it('leaves the gradient along other paths alone', () => {
    const f = (input: Tensor) => add(mul(input, stopGradient(input)), input);
    expect([...valuesOf(grad(f)(x, ones([2, 2])))]).toEqual([2, -1.5, 1, 4]); // x + 1, not 2 x + 1
  });
});
