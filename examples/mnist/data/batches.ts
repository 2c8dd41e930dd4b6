import {type Tensor, tensor2d} from '@tensorflow/tfjs-core';
import type {Dataset, Pictures} from './datasets.js';
import {permutation} from './permutation.js';

/** What the model has to give back for a picture: its label as a one-hot row, or the picture itself. */
export type Target = 'labels' | 'pictures';

/** What `model.fitDataset` and `model.evaluateDataset` take. */
export interface Batches {
  /** Number of batches. */
  readonly size: number;
  iterator(): Promise<AsyncGenerator<{xs: Tensor; ys: Tensor}>>;
}

/**
 * The pictures in batches, in a new order each epoch, the same for the same seed.
 *
 * `model.fit` would shuffle with Math.random, which no seed reaches.
 */
export function shuffledBatches(
  {train, classes}: Dataset,
  target: Target,
  batchSize: number,
  seed: number,
): Batches {
  let epoch = 0;
  return inBatches(train, classes, target, batchSize, () => permutation(train.count, seed, epoch++));
}

/** The test pictures in batches, in the order of the file. */
export function testBatches({test, classes}: Dataset, target: Target, batchSize = 500): Batches {
  return inBatches(test, classes, target, batchSize, () =>
    Uint32Array.from(test.labels, (_, place) => place),
  );
}

/** The first `count` pictures, `[count, pixels]`, 0 to 1. */
export function pictureTensor(pictures: Pictures, count: number): Tensor {
  return rowsOf(
    pictures,
    Uint32Array.from({length: count}, (_, place) => place),
  );
}

function inBatches(
  pictures: Pictures,
  classes: number,
  target: Target,
  batchSize: number,
  order: () => Uint32Array,
): Batches {
  // A generator's body waits for the first next(), so each epoch asks for its order once.
  async function* generate() {
    const places = order();
    for (let start = 0; start < places.length; start += batchSize) {
      const batch = places.subarray(start, start + batchSize);
      const xs = rowsOf(pictures, batch);
      const ys = target === 'pictures' ? xs.clone() : oneHotLabels(pictures, batch, classes);
      yield {xs, ys};
    }
  }
  return {size: Math.ceil(pictures.count / batchSize), iterator: async () => generate()};
}

function rowsOf({pixels, height, width}: Pictures, places: Uint32Array): Tensor {
  const size = height * width;
  const rows = new Float32Array(places.length * size);
  places.forEach((place, row) => {
    const [from, to] = [place * size, row * size];
    for (let i = 0; i < size; i++) rows[to + i] = pixels[from + i]! / 255;
  });
  return tensor2d(rows, [places.length, size]);
}

function oneHotLabels({labels}: Pictures, places: Uint32Array, classes: number): Tensor {
  const rows = new Float32Array(places.length * classes);
  places.forEach((place, row) => {
    rows[row * classes + labels[place]!] = 1;
  });
  return tensor2d(rows, [places.length, classes]);
}
