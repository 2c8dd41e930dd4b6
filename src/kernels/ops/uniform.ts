import {tensor, util} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';
import {fillUniform, type RandomKey} from '../pcg4d.js';

/**
 * Uniforms in (0, 1), the same bits on every backend.
 *
 * Attributes: `shape`, whose elements are counted in row-major order, and the key.
 * Output: `float32` of that shape, on the grid (n + 1/2) / 2^23.
 */
export const uniform = defineOp({
  kernelName: 'DiscreteRandomUniform',
  shape: (_, {shape}) => shape,
  composed: (_: Record<never, never>, {shape, ...key}: {shape: number[]} & RandomKey) =>
    tensor(fillUniform(new Float32Array(util.sizeFromShape(shape)), key), shape),
});
