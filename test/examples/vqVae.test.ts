import {grad, memory, mul, sum, type Tensor, tensor1d, tensor2d, tidy} from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {VqVae} from '../../examples/papers/vqVae.js';

const CODEBOOK = [[0, 0], [4, 0], [0, 4], [9, 9]]; // biome-ignore format: a code per row
const VECTORS = [[1, 0], [3, 1], [5, -1], [1, 3]]; // biome-ignore format: the same
const NEAREST = [CODEBOOK[0], CODEBOOK[1], CODEBOOK[1], CODEBOOK[2]];
const [CODES, COMMITMENT, DECAY, RESTART_BELOW] = [4, 0.25, 0.9, 0.05];

/** A layer with that codebook, which each code has been chosen once on average. */
function quantizer(): VqVae {
  const layer = new VqVae({
    codes: CODES,
    seed: 1,
    commitment: COMMITMENT,
    decay: DECAY,
    restartBelow: RESTART_BELOW,
  });
  layer.build([null as never, 2]);
  const [, , , steps] = layer.getWeights();
  layer.setWeights([tensor2d(CODEBOOK), tensor1d([1, 1, 1, 0.01]), tensor2d(CODEBOOK), steps!]);
  return layer;
}

const values = (tensor: Tensor) => tensor.arraySync() as number[][];

it('replaces each vector by the nearest code, and copies the gradient, to which commitment adds its own', () => {
  const layer = quantizer();
  const x = tensor2d(VECTORS);
  const before = memory().numTensors;
  tidy(() => {
    expect(values(layer.call(x))).toEqual(NEAREST);
    const weights = tensor2d([[1, 2], [3, 4], [5, 6], [7, 8]]); // biome-ignore format: the gradient of the output
    const gradient = values(grad((input: Tensor) => sum(mul(layer.call(input), weights)))(x));
    const entries = VECTORS.length * 2;
    values(weights).forEach((row, n) => {
      row.forEach((dy, i) => {
        const commitment = (2 * COMMITMENT * (VECTORS[n]![i]! - NEAREST[n]![i]!)) / entries;
        expect(gradient[n]![i]).toBeCloseTo(dy + commitment, 6);
      });
    });
  });
  expect(memory().numTensors).toBe(before);
  expect(values(layer.getWeights()[0]!)).toEqual(CODEBOOK); // in evaluation nothing moves
});

it('moves codes to moving averages of the vectors that chose them, and starts unused ones again in the batch', () => {
  const layer = quantizer();
  const x = tensor2d(VECTORS);
  const before = memory().numTensors;
  tidy(() => {
    layer.call(x, {training: true});
  });
  expect(memory().numTensors).toBe(before);
  const [codebook, counts] = layer.getWeights();
  // Code 1 was chosen twice, by (3, 1) and (5, -1), beside 0.9 of its previous sums.
  const share = DECAY * 1 + (1 - DECAY) * 2;
  expect(values(codebook!)[1]![0]).toBeCloseTo((DECAY * 4 + (1 - DECAY) * (3 + 5)) / share, 5);
  expect(counts!.dataSync()[1]).toBeCloseTo(share, 6);
  // Code 3 was chosen 0.009 times on average, less than a twentieth of once: it is a vector of the batch now.
  expect(VECTORS).toContainEqual(values(codebook!)[3]);
  expect(counts!.dataSync()[3]).toBe(1);
});
