import {div, type Tensor2D, tensor2d, tidy} from '@tensorflow/tfjs-core';
import {PIXELS} from '../data/images.js';

/** Images as the networks take them: `[count, 784]`, 0 to 1. */
export function imageTensor(pixels: Uint8Array): Tensor2D {
  return tidy(() => div(tensor2d(Float32Array.from(pixels), [pixels.length / PIXELS, PIXELS]), 255));
}
