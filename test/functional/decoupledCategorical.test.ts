import {sum, type Tensor, tensor, tile} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {decoupledCategorical} from '../../src/functional/index.js';

describe('decoupledCategorical', () => {
  it('draws category k with probability softmax(logits / forwardTemperature)[k]', () => {
    const rows = 20_000;
    const logits: Tensor = tile(tensor([[0, 1, 2]]), [rows, 1]);
    const z = decoupledCategorical(logits, {forwardTemperature: 2, backwardTemperature: 1, seed: 7});
    const p = [0.1863, 0.3072, 0.5065]; // softmax([0, 0.5, 1])
    sum(z, 0)
      .dataSync()
      .forEach((hits, k) => {
        expect(Math.abs(hits / rows - p[k]!)).toBeLessThan(4 * Math.sqrt((p[k]! * (1 - p[k]!)) / rows));
      });
  });
});
