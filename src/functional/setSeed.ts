import {fillUniform, randomKey} from './random.js';
import {integer} from './validate.js';

/** Streams of a run's seed: what Math.random serves, and the seeds of layers that were given none. */
const [MATH_RANDOM, LAYER_SEEDS] = [0x6d617468, 0x6c617972];

let layerSeeds: (() => number) | undefined;

/**
 * Makes a whole run repeat: initializers without a seed, shuffling in `fit`, dropout, and layers without a seed.
 *
 * TensorFlow.js takes its own random numbers from `Math.random` and has no other hook, so a seeded generator takes its place
 * until it is put back. Call it once, before the model is made. What else a run needs to repeat: the same backend and versions
 * of the packages, the same calls in the same order, a seed for `tf.data`'s `shuffle`, which is seeded by the clock, and no other
 * code that calls `Math.random` meanwhile.
 *
 * @param seed Integer. Calling it again, even with the same seed, starts over.
 * @returns A function that puts the previous `Math.random` and unpredictable seeds of layers back.
 * @throws If `seed` is not an integer.
 * @example
 * setSeed(7);
 * const model = tf.sequential({layers: [tf.layers.dense({units: 4, inputShape: [2]})]}); // the same weights in every run
 */
export function setSeed(seed: number): () => void {
  integer('setSeed', 'seed', seed);
  const [previousRandom, previousSeeds] = [Math.random, layerSeeds];
  const next = uniforms(seed, MATH_RANDOM);
  const nextSeed = uniforms(seed, LAYER_SEEDS);
  // Two uniforms of 23 bits make one of 46.
  const random = () => (Math.floor(next() * 2 ** 23) + Math.floor(next() * 2 ** 23) / 2 ** 23) / 2 ** 23;
  const seeds = () => Math.floor(nextSeed() * 2 ** 23);
  Math.random = random;
  layerSeeds = seeds;
  return () => {
    if (Math.random === random) Math.random = previousRandom;
    if (layerSeeds === seeds) layerSeeds = previousSeeds;
  };
}

/** The seed of a layer that was given none: unpredictable, or the next one of the run's seed. */
export function randomSeed(): number {
  return layerSeeds?.() ?? globalThis.crypto.getRandomValues(new Uint32Array(1))[0]!;
}

/** Uniforms without end, computed 1,024 at a time. */
function uniforms(seed: number, stream: number): () => number {
  const block = new Float32Array(1024);
  let used = block.length;
  let step = 0;
  return () => {
    if (used === block.length) {
      fillUniform(block, randomKey(seed, stream, step++));
      used = 0;
    }
    return block[used++]!;
  };
}
