import {type Tensor, tensor} from '@tensorflow/tfjs-core';
import {fillUniform, type RandomKey} from './pcg4d.js';
import {runKernel} from './run.js';

/**
 * Uniforms in (0, 1), the same bits on every backend.
 *
 * @param shape Shape of the result; its places are counted in row-major order.
 * @returns `float32`, on the grid (n + 1/2) / 2^23.
 * @example
 * const u = functional.randomUniform([2, 3], {seed: 1, stream: 0, step: 0}); // the same on every backend
 */
export function randomUniform(shape: number[], key: RandomKey): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return runKernel('DiscreteRandomUniform', {}, {shape, ...key}, () =>
    tensor(fillUniform(new Float32Array(size), key), shape),
  );
}
