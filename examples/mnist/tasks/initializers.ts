import {initializers} from '@tensorflow/tfjs-layers';

/** TF.js's default for dense kernels, with a seed of its own for each: seed + 1, seed + 2 and so on. */
export function glorot(seed: number) {
  let next = seed;
  return () => {
    next++;
    return initializers.glorotUniform({seed: next});
  };
}
