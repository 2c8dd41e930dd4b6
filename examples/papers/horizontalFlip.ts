import {concat, gather, reverse, tidy} from '@tensorflow/tfjs-core';
import {functional} from 'tfjs-discrete';
import type {Batches} from '../mnist/data/batches.js';

/** Keeps these random numbers apart from those of any layer, and of the order of images. */
const STREAM = 0x0f1199ed;

/**
 * Batches of images, each mirrored left to right with probability 1/2, anew in each epoch and the same for the same seed.
 *
 * @param batches Their `xs` is `[batch, height, width, channels]`.
 * @param first The first epoch, such as of a continued run.
 */
export function horizontalFlip(batches: Batches, seed: number, first = 0): Batches {
  let epoch = first;
  async function* generate(current: number) {
    let batch = current * batches.size;
    for await (const {xs, ys} of await batches.iterator()) {
      const step = batch++;
      const flipped = tidy(() => {
        const count = xs.shape[0]!;
        const uniforms = functional.randomUniform([count], {seed, stream: STREAM, step}).dataSync();
        const chosen = Int32Array.from(uniforms, (u, i) => (u < 0.5 ? i : count + i));
        return gather(concat([xs, reverse(xs, 2)]), chosen);
      });
      xs.dispose();
      yield {xs: flipped, ys};
    }
  }
  return {size: batches.size, iterator: async () => generate(epoch++)};
}
