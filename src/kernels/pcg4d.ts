/**
 * Names one reproducible block of random numbers. Each part counts as an unsigned 32-bit integer.
 * `seed` is the user's, `stream` tells layers apart, `step` tells the samples of one layer apart.
 */
export interface RandomKey {
  /** Integer: the seed of the run. */
  readonly seed: number;
  /** Integer: separates users of one seed, such as layers. */
  readonly stream: number;
  /** Integer: counts the uses of one stream. */
  readonly step: number;
}

/** Uniforms lie on the grid (n + 1/2) / 2^23, exact in float32 and never 0 or 1. */
const GRID = 2 ** -23;

/**
 * Fills `out` with uniforms in (0, 1) that depend on nothing but the key and the index.
 *
 * Four numbers come from each evaluation of pcg4d at the scrambled key and index >> 2, so any part of a
 * block can be recomputed alone, on any device with 32-bit integer products.
 *
 * @see Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020, listing of pcg4d.
 */
export function fillUniform(out: Float32Array, key: RandomKey): Float32Array {
  return fillUniformScrambled(out, scrambleKey(key));
}

/** `fillUniform` with a key that `scrambleKey` has made. */
export function fillUniformScrambled(out: Float32Array, scrambled: RandomKey): Float32Array {
  const seed = (Math.imul(scrambled.seed, 1664525) + 1013904223) | 0;
  const stream = (Math.imul(scrambled.stream, 1664525) + 1013904223) | 0;
  const step = (Math.imul(scrambled.step, 1664525) + 1013904223) | 0;
  for (let block = 0, i = 0; i < out.length; block++) {
    let w = (Math.imul(block, 1664525) + 1013904223) | 0;
    let x = (seed + Math.imul(stream, w)) | 0;
    let y = (stream + Math.imul(step, x)) | 0;
    let z = (step + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
    x ^= x >>> 16;
    y ^= y >>> 16;
    z ^= z >>> 16;
    w ^= w >>> 16;
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
    out[i++] = ((x >>> 9) + 0.5) * GRID;
    if (i < out.length) out[i++] = ((y >>> 9) + 0.5) * GRID;
    if (i < out.length) out[i++] = ((z >>> 9) + 0.5) * GRID;
    if (i < out.length) out[i++] = ((w >>> 9) + 0.5) * GRID;
  }
  return out;
}

/**
 * Spreads each part of a key over all its bits. pcg4d by itself hardly sees the topmost bits of its
 * input: keys that differ there alone would give correlated numbers.
 */
export function scrambleKey({seed, stream, step}: RandomKey): RandomKey {
  return {seed: scramble(seed), stream: scramble(stream), step: scramble(step)};
}

/** An invertible 32-bit hash of low bias: "lowbias32" of Wellons' hash prospector. */
function scramble(part: number): number {
  let x = part | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
