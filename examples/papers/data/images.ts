import type {Tensor} from '@tensorflow/tfjs-core';
import {oneHotLabels, pixelTensor, type Samples, toReconstruct} from '../../mnist/data/batches.js';
import {type GreyImages, loadDataset} from '../../mnist/data/datasets.js';

export {inOrder, shuffled} from '../../mnist/data/batches.js';

/** Images of any number of channels, one byte per value, with a label each. */
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

function padded({count, height, width, pixels, labels}: GreyImages, border: number): Images {
  const [high, wide] = [height + 2 * border, width + 2 * border];
  const out = border === 0 ? pixels : new Uint8Array(count * high * wide);
  if (border > 0) {
    for (let line = 0; line < count * height; line++) {
      const [image, y] = [Math.floor(line / height), line % height];
      const to = (image * high + y + border) * wide + border;
      out.set(pixels.subarray(line * width, (line + 1) * width), to);
    }
  }
  return {count, height: high, width: wide, channels: 1, pixels: out, labels};
}

/** The images themselves as input and answer, `[batch, height, width, channels]`, 0 to 1. */
export const reconstruction: Samples<Images> = (images, indices) => toReconstruct(pixels(images, indices));

/** The same as rows, `[batch, height * width * channels]`. */
export const flatReconstruction: Samples<Images> = (images, indices) =>
  toReconstruct(flatPixels(images, indices));

/** Images as rows, `[batch, height * width * channels]`, 0 to 1. */
export function flatPixels(images: Images, indices: Uint32Array): Tensor {
  return pixelTensor(images, indices, [images.height * images.width * images.channels]);
}

/** Images and one-hot labels. */
export const classification =
  (classes: number): Samples<Images> =>
  (images, indices) => ({xs: pixels(images, indices), ys: oneHotLabels(images, indices, classes)});

function pixels(images: Images, indices: Uint32Array): Tensor {
  return pixelTensor(images, indices, [images.height, images.width, images.channels]);
}
