import {type Tensor, tensor, util} from '@tensorflow/tfjs-core';
import type {Dataset, GreyImages} from './datasets.js';
import {permutation} from './permutation.js';

/** What the model has to give back for an image: its label as a one-hot row, or the image itself. */
export type Target = 'labels' | 'images';

/** What `model.fitDataset` and `model.evaluateDataset` accept. */
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

/** Makes a batch of some of the images. */
export type Samples<P> = (images: P, indices: Uint32Array) => Batch;

/**
 * Batches in a new order each epoch, the same for the same seed, from epoch `first` on.
 *
 * `model.fit` would shuffle with Math.random, which no seed reaches.
 */
export function shuffled<P extends {count: number}>(
  images: P,
  samples: Samples<P>,
  batchSize: number,
  seed: number,
  first = 0,
): Batches {
  let epoch = first;
  return inBatches(images, samples, batchSize, () => permutation(images.count, seed, epoch++));
}

/** Batches in the order of the file. */
export function inOrder<P extends {count: number}>(images: P, samples: Samples<P>, batchSize = 250): Batches {
  return inBatches(images, samples, batchSize, () => firstIndices(images.count));
}

/** The training images as rows, shuffled, from epoch `first` on. */
export function shuffledBatches(
  {train, classes}: Dataset,
  target: Target,
  batchSize: number,
  seed: number,
  first = 0,
): Batches {
  return shuffled(train, rows(target, classes), batchSize, seed, first);
}

/** The test images as rows, in the order of the file. */
export function testBatches({test, classes}: Dataset, target: Target, batchSize = 500): Batches {
  return inOrder(test, rows(target, classes), batchSize);
}

/** The first `count` images, `[count, pixels]`, 0 to 1. */
export function imageTensor(images: GreyImages, count: number): Tensor {
  return pixelTensor(images, firstIndices(count), [images.height * images.width]);
}

/** Some of the images, `[indices, ...shape]`, 0 to 1. */
export function pixelTensor(
  {pixels}: Pick<GreyImages, 'pixels'>,
  indices: Uint32Array,
  shape: readonly number[],
): Tensor {
  const size = util.sizeFromShape([...shape]);
  const values = new Float32Array(indices.length * size);
  indices.forEach((index, row) => {
    const [from, to] = [index * size, row * size];
    for (let i = 0; i < size; i++) values[to + i] = pixels[from + i]! / 255;
  });
  return tensor(values, [indices.length, ...shape]);
}

/** Some of the labels, `[indices, classes]`, one-hot. */
export function oneHotLabels(
  {labels}: Pick<GreyImages, 'labels'>,
  indices: Uint32Array,
  classes: number,
): Tensor {
  const values = new Float32Array(indices.length * classes);
  indices.forEach((index, row) => {
    values[row * classes + labels[index]!] = 1;
  });
  return tensor(values, [indices.length, classes]);
}

/** What is given should come back. */
export const toReconstruct = (xs: Tensor): Batch => ({xs, ys: xs.clone()});

const rows =
  (target: Target, classes: number): Samples<GreyImages> =>
  (images, indices) => {
    const xs = pixelTensor(images, indices, [images.height * images.width]);
    return target === 'images' ? toReconstruct(xs) : {xs, ys: oneHotLabels(images, indices, classes)};
  };

const firstIndices = (count: number) => Uint32Array.from({length: count}, (_, index) => index);

function inBatches<P extends {count: number}>(
  images: P,
  samples: Samples<P>,
  batchSize: number,
  order: () => Uint32Array,
): Batches {
  // A generator's body waits for the first next(), so each epoch asks for its order once.
  async function* generate() {
    const indices = order();
    for (let start = 0; start < indices.length; start += batchSize) {
      yield samples(images, indices.subarray(start, start + batchSize));
    }
  }
  return {size: Math.ceil(images.count / batchSize), iterator: async () => generate()};
}
