import {reshape, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import type {Batches} from '../../mnist/data/batches.js';
import {loadDataset, type Pictures} from '../../mnist/data/datasets.js';
import {permutation} from '../../mnist/data/permutation.js';

/** Pictures of any number of channels, a byte a value, with a label each. */
export interface Images {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** `[count, height, width, channels]`, 0 to 255. */
  readonly pixels: Uint8Array;
  /** `[count]`, 0 to classes - 1. */
  readonly labels: Uint8Array;
}

export interface ImageSet {
  readonly name: string;
  readonly classes: number;
  readonly train: Images;
  readonly test: Images;
}

/** MNIST or Fashion-MNIST, grey, padded by `border` black pixels on each side. */
export async function loadGrey(name: string, border = 0, limit?: number): Promise<ImageSet> {
  const {classes, train, test} = await loadDataset(name, limit);
  return {name, classes, train: padded(train, border), test: padded(test, border)};
}

function padded({count, height, width, pixels, labels}: Pictures, border: number): Images {
  const [high, wide] = [height + 2 * border, width + 2 * border];
  const out = border === 0 ? pixels : new Uint8Array(count * high * wide);
  if (border > 0) {
    for (let line = 0; line < count * height; line++) {
      const [picture, y] = [Math.floor(line / height), line % height];
      const to = (picture * high + y + border) * wide + border;
      out.set(pixels.subarray(line * width, (line + 1) * width), to);
    }
  }
  return {count, height: high, width: wide, channels: 1, pixels: out, labels};
}

/** What a model is given for some of the pictures, and what it should answer. */
export type Samples = (images: Images, places: Uint32Array) => {xs: Tensor; ys: Tensor};

/** Batches in a new order each epoch, the same for the same seed, from epoch `first` on. */
export function shuffled(
  images: Images,
  samples: Samples,
  batchSize: number,
  seed: number,
  first = 0,
): Batches {
  let epoch = first;
  return inBatches(images, samples, batchSize, () => permutation(images.count, seed, epoch++));
}

/** Batches in the order of the file. */
export function inOrder(images: Images, samples: Samples, batchSize = 250): Batches {
  return inBatches(images, samples, batchSize, () => new Uint32Array(images.count).map((_, place) => place));
}

function inBatches(images: Images, samples: Samples, batchSize: number, order: () => Uint32Array): Batches {
  async function* generate() {
    const places = order();
    for (let start = 0; start < places.length; start += batchSize) {
      yield samples(images, places.subarray(start, start + batchSize));
    }
  }
  return {size: Math.ceil(images.count / batchSize), iterator: async () => generate()};
}

/** The pictures themselves as input and answer, `[batch, height, width, channels]`, 0 to 1. */
export const reconstruction: Samples = (images, places) => {
  const xs = pixelTensor(images, places);
  return {xs, ys: xs.clone()};
};

/** Pictures as rows, `[batch, height * width * channels]`, 0 to 1. */
export function flatPixels(images: Images, places: Uint32Array): Tensor {
  return tidy(() => reshape(pixelTensor(images, places), [places.length, -1]));
}

/** Pictures and one-hot labels. */
export const classification =
  (classes: number): Samples =>
  (images, places) => {
    const rows = new Float32Array(places.length * classes);
    places.forEach((place, row) => {
      rows[row * classes + images.labels[place]!] = 1;
    });
    return {xs: pixelTensor(images, places), ys: tensor(rows, [places.length, classes])};
  };

function pixelTensor({height, width, channels, pixels}: Images, places: Uint32Array): Tensor {
  const size = height * width * channels;
  const values = new Float32Array(places.length * size);
  places.forEach((place, row) => {
    const [from, to] = [place * size, row * size];
    for (let i = 0; i < size; i++) values[to + i] = pixels[from + i]! / 255;
  });
  return tensor(values, [places.length, height, width, channels]);
}
