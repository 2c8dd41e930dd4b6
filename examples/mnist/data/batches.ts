import {type Tensor, tensor, util} from '@tensorflow/tfjs-core';
import type {Dataset, Pictures} from './datasets.js';
import {permutation} from './permutation.js';

/** What the model has to give back for a picture: its label as a one-hot row, or the picture itself. */
export type Target = 'labels' | 'pictures';

/** What `model.fitDataset` and `model.evaluateDataset` take. */
export interface Batches {
  /** Number of batches. */
  readonly size: number;
  iterator(): Promise<AsyncGenerator<Batch>>;
}

/** What a model is given, and what it should answer. */
export interface Batch {
  readonly xs: Tensor;
  readonly ys: Tensor;
}

/** Makes a batch of some of the pictures. */
export type Samples<P> = (pictures: P, places: Uint32Array) => Batch;

/**
 * Batches in a new order each epoch, the same for the same seed, from epoch `first` on.
 *
 * `model.fit` would shuffle with Math.random, which no seed reaches.
 */
export function shuffled<P extends {count: number}>(
  pictures: P,
  samples: Samples<P>,
  batchSize: number,
  seed: number,
  first = 0,
): Batches {
  let epoch = first;
  return inBatches(pictures, samples, batchSize, () => permutation(pictures.count, seed, epoch++));
}

/** Batches in the order of the file. */
export function inOrder<P extends {count: number}>(
  pictures: P,
  samples: Samples<P>,
  batchSize = 250,
): Batches {
  return inBatches(pictures, samples, batchSize, () => firstPlaces(pictures.count));
}

/** The training pictures as rows, shuffled. */
export function shuffledBatches(
  {train, classes}: Dataset,
  target: Target,
  batchSize: number,
  seed: number,
): Batches {
  return shuffled(train, rows(target, classes), batchSize, seed);
}

/** The test pictures as rows, in the order of the file. */
export function testBatches({test, classes}: Dataset, target: Target, batchSize = 500): Batches {
  return inOrder(test, rows(target, classes), batchSize);
}

/** The first `count` pictures, `[count, pixels]`, 0 to 1. */
export function pictureTensor(pictures: Pictures, count: number): Tensor {
  return pixelTensor(pictures, firstPlaces(count), [pictures.height * pictures.width]);
}

/** Some of the pictures, `[places, ...shape]`, 0 to 1. */
export function pixelTensor(
  {pixels}: Pick<Pictures, 'pixels'>,
  places: Uint32Array,
  shape: readonly number[],
): Tensor {
  const size = util.sizeFromShape([...shape]);
  const values = new Float32Array(places.length * size);
  places.forEach((place, row) => {
    const [from, to] = [place * size, row * size];
    for (let i = 0; i < size; i++) values[to + i] = pixels[from + i]! / 255;
  });
  return tensor(values, [places.length, ...shape]);
}

/** Some of the labels, `[places, classes]`, one-hot. */
export function oneHotLabels(
  {labels}: Pick<Pictures, 'labels'>,
  places: Uint32Array,
  classes: number,
): Tensor {
  const values = new Float32Array(places.length * classes);
  places.forEach((place, row) => {
    values[row * classes + labels[place]!] = 1;
  });
  return tensor(values, [places.length, classes]);
}

/** What is given should come back. */
export const toReconstruct = (xs: Tensor): Batch => ({xs, ys: xs.clone()});

const rows =
  (target: Target, classes: number): Samples<Pictures> =>
  (pictures, places) => {
    const xs = pixelTensor(pictures, places, [pictures.height * pictures.width]);
    return target === 'pictures' ? toReconstruct(xs) : {xs, ys: oneHotLabels(pictures, places, classes)};
  };

const firstPlaces = (count: number) => Uint32Array.from({length: count}, (_, place) => place);

function inBatches<P extends {count: number}>(
  pictures: P,
  samples: Samples<P>,
  batchSize: number,
  order: () => Uint32Array,
): Batches {
  // A generator's body waits for the first next(), so each epoch asks for its order once.
  async function* generate() {
    const places = order();
    for (let start = 0; start < places.length; start += batchSize) {
      yield samples(pictures, places.subarray(start, start + batchSize));
    }
  }
  return {size: Math.ceil(pictures.count / batchSize), iterator: async () => generate()};
}
