import {log, neg, sub, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {fillUniform, type RandomKey, uniform} from '../kernels/index.js';
import {integer, invalid} from './validate.js';

export {fillUniform, type RandomKey};

/**
 * Uniforms in (0, 1), the same bits on every backend.
 *
 * @param shape Shape of the result; its elements are counted in row-major order.
 * @returns `float32`, on the grid (n + 1/2) / 2^23.
 * @throws If `shape` is not a list of whole numbers, or `key` is not a random key.
 * @example
 * const u = functional.randomUniform([2, 3], {seed: 1, stream: 0, step: 0}); // the same on every backend
 */
export function randomUniform(shape: number[], key: RandomKey): Tensor {
  checkShapeAndKey('randomUniform', shape, key);
  return uniform({}, {...key, shape});
}

/** The key of a seed, a stream and a step. Bits of the seed above the 32nd, and its sign, go into the stream. */
export function randomKey(seed: number, stream = 0, step = 0): RandomKey {
  const high = Math.floor(seed / 2 ** 32);
  return {seed: seed >>> 0, stream: (stream ^ Math.imul(high, 0x9e3779b1)) >>> 0, step};
}

/**
 * A plain integer seed stands for the first sample of a single layer.
 *
 * @param owner Class or function to name in errors.
 * @throws when the seed, or a part of the key, is not an integer: it would count as 0, the same samples each time.
 */
export function toRandomKey(owner: string, seed: number | RandomKey): RandomKey {
  if (typeof seed === 'object' && seed !== null) {
    for (const part of ['seed', 'stream', 'step'] as const) integer(owner, `seed.${part}`, seed[part]);
    return seed;
  }
  return randomKey(integer(owner, 'seed', seed));
}

/**
 * Standard Gumbel noise, -log(-log u).
 *
 * @returns `float32` of the given shape, between -2.9 and 16.7, never infinite.
 * @example
 * const logits = tf.tensor1d([1, 2, 3]);
 * const category = tf.argMax(tf.add(logits, functional.gumbelNoise([3], {seed: 1, stream: 0, step: 0})));
 */
export function gumbelNoise(shape: number[], key: RandomKey): Tensor {
  checkShapeAndKey('gumbelNoise', shape, key);
  return tidy(() => neg(log(neg(log(uniform({}, {...key, shape}))))));
}

/**
 * Standard logistic noise, log u - log(1 - u): the difference of two Gumbel variables.
 * @example
 * const noise = functional.logisticNoise([2, 3], {seed: 1, stream: 0, step: 0});
 */
export function logisticNoise(shape: number[], key: RandomKey): Tensor {
  checkShapeAndKey('logisticNoise', shape, key);
  return tidy(() => {
    const u = uniform({}, {...key, shape});
    return sub(log(u), log(sub(1, u)));
  });
}

/** @throws naming the function, the argument and what it is. */
function checkShapeAndKey(owner: string, shape: unknown, key: unknown): void {
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw invalid(owner, 'shape', 'a list of whole numbers', shape);
  }
  if (typeof key !== 'object' || key === null) throw invalid(owner, 'key', '{seed, stream, step}', key);
  for (const part of ['seed', 'stream', 'step'] as const) {
    integer(owner, `key.${part}`, (key as Partial<RandomKey>)[part]);
  }
}
