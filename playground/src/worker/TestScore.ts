import {type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Images, PIXELS} from '../data/images.js';
import type {Mistake, Reconstruction} from '../messages.js';
import {imageTensor} from './imageTensor.js';

/** Images that go through the network before messages are let in. */
const SLICE = 250;
const MISTAKES_SHOWN = 24;

/** How the network does on the test images. */
export interface TestScore {
  readonly loss: number;
  readonly accuracy: number | undefined;
  /** Those that the network is most certain about. */
  readonly mistakes: readonly Mistake[];
  /** The predicted class of each image; empty for an autoencoder. */
  readonly predicted: Uint8Array;
}

/**
 * Predicts the test images, each unit at its mode, in slices.
 *
 * @param between Awaited between slices.
 * @returns Undefined when `between` says that nobody waits for the score any more.
 */
export async function scoreOnTest(
  model: LayersModel,
  target: 'labels' | 'images',
  {count, pixels, labels}: Images,
  between: () => Promise<boolean>,
): Promise<TestScore | undefined> {
  const predicted = new Uint8Array(target === 'labels' ? count : 0);
  const mistakes: Mistake[] = [];
  let loss = 0;
  let right = 0;
  for (let first = 0; first < count; first += SLICE) {
    if (!(await between())) return undefined;
    const images = pixels.subarray(first * PIXELS, (first + SLICE) * PIXELS);
    const outputs = tidy(() => (model.predict(imageTensor(images), {batchSize: SLICE}) as Tensor).dataSync());
    if (target === 'images') {
      loss += crossEntropyOfPixels(outputs, images);
      continue;
    }
    const classes = (outputs.length * PIXELS) / images.length;
    for (let i = 0; i < images.length / PIXELS; i++) {
      const scores = outputs.subarray(i * classes, (i + 1) * classes);
      const best = scores.indexOf(Math.max(...scores));
      const label = labels[first + i]!;
      predicted[first + i] = best;
      loss -= Math.log(Math.max(scores[label]!, 1e-7));
      if (best === label) right++;
      else {
        const image = images.slice(i * PIXELS, (i + 1) * PIXELS);
        mistakes.push({pixels: image, label, predicted: best, certainty: scores[best]!});
      }
    }
  }
  mistakes.sort((one, other) => other.certainty - one.certainty);
  return {
    loss: loss / count,
    accuracy: target === 'labels' ? right / count : undefined,
    mistakes: mistakes.slice(0, MISTAKES_SHOWN),
    predicted,
  };
}

/** Sum over images of the mean over pixels. */
function crossEntropyOfPixels(outputs: ArrayLike<number>, images: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < images.length; i++) {
    const p = Math.min(1 - 1e-7, Math.max(1e-7, outputs[i]!));
    const y = images[i]! / 255;
    sum -= y * Math.log(p) + (1 - y) * Math.log(1 - p);
  }
  return sum / PIXELS;
}

/** Images beside what an autoencoder makes of them. */
export function reconstruct(
  outputsOf: (pixels: Uint8Array) => {readonly output: Float32Array; readonly code: Float32Array},
  categories: number,
  pixels: Uint8Array,
): readonly Reconstruction[] {
  const {output, code} = outputsOf(pixels);
  const count = pixels.length / PIXELS;
  const units = code.length / count / categories;
  return Array.from({length: count}, (_, i) => ({
    pixels: pixels.slice(i * PIXELS, (i + 1) * PIXELS),
    output: toBytes(output.subarray(i * PIXELS, (i + 1) * PIXELS)),
    code: Array.from({length: units}, (_, unit) => {
      const first = (i * units + unit) * categories;
      return code.subarray(first, first + categories).indexOf(1);
    }),
  }));
}

/** Brightness 0 to 1 as bytes. */
export function toBytes(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => Math.round(255 * value));
}
