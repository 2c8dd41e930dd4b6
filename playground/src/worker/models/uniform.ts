import {initializers} from '@tensorflow/tfjs-layers';

/**
 * Weights and biases of dense layers, uniform within 1 / sqrt(inputs): PyTorch's default. Binary units after them then begin
 * less decided than after TensorFlow.js's, which is twice as wide.
 */
export function uniform(inputs: number, seed: number) {
  const limit = 1 / Math.sqrt(inputs);
  const initializer = initializers.randomUniform({minval: -limit, maxval: limit, seed});
  return {kernelInitializer: initializer, biasInitializer: initializer};
}
