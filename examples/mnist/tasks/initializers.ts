import {initializers} from '@tensorflow/tfjs-layers';

/**
 * Where dense layers start: weights and biases uniform within 1 / sqrt(inputs), PyTorch's default. The binary
 * units after them then start less decided than after TF.js's, which is twice as wide.
 *
 * @param seed Same seed, same weights; each layer gets its own share of it.
 * @returns a function that makes the two arguments of one dense layer, given its number of inputs.
 */
export function uniformInitialization(seed: number) {
  let share = 0;
  const within = (limit: number) => {
    share++;
    return initializers.randomUniform({minval: -limit, maxval: limit, seed: seed + share});
  };
  return (inputs: number) => ({
    kernelInitializer: within(1 / Math.sqrt(inputs)),
    biasInitializer: within(1 / Math.sqrt(inputs)),
  });
}
