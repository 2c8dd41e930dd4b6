import {
  cast,
  greater,
  oneHot,
  randomUniform,
  slice,
  type Tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';

/** One-hot labels that go through `classes` classes in turn. */
export function labelsInTurn(rows: number, classes: number): Tensor {
  const labels = Int32Array.from({length: rows}, (_, row) => row % classes);
  return tidy(() => cast(oneHot(tensor1d(labels, 'int32'), classes), 'float32'));
}

/** Zeros and ones with equal probability. */
export function randomBits(shape: number[], seed: number): Tensor {
  return tidy(() => cast(greater(randomUniform(shape, 0, 1, 'float32', seed), 0.5), 'float32'));
}

/** The first `rows` rows. */
export function firstRows(x: Tensor, rows: number): Tensor {
  return slice(x, 0, rows);
}
