import {tensor1d, tidy} from '@tensorflow/tfjs-core';
import type {layers as keras} from '@tensorflow/tfjs-layers';

/** What the mean needs of images. */
interface Grey {
  readonly count: number;
  /** `[count, pixels per image]`, 0 to 255. */
  readonly pixels: Uint8Array;
}

/**
 * Log-odds of the mean image, per pixel: an output bias with which a decoder starts at the reconstruction that is best without
 * any code. Half an image of each extreme is added, so that a pixel that is always black stays finite.
 */
export function meanImageLogits({count, pixels}: Grey): Float32Array {
  const size = pixels.length / count;
  const sums = new Float64Array(size);
  pixels.forEach((value, i) => {
    sums[i % size]! += value / 255;
  });
  return Float32Array.from(sums, (sum) => Math.log((sum + 0.5) / (count - sum + 0.5)));
}

/** Sets the bias of a dense output layer to `meanImageLogits`. */
export function startAtMeanImage(output: keras.Layer, images: Grey): void {
  tidy(() => {
    const [kernel] = output.getWeights();
    output.setWeights([kernel!, tensor1d(meanImageLogits(images))]);
  });
}
