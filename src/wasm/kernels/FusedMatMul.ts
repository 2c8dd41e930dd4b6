import {_FusedMatMul, type _FusedMatMulAttrs, type TensorInfo} from '@tensorflow/tfjs-core';
import {faster} from '../trainingKernel.js';
import {multiply} from './BatchMatMul.js';

/** The activations that are a clamp. */
const BOUNDS: Readonly<Record<string, {low?: number; high?: number}>> = {
  linear: {},
  relu: {low: 0},
  relu6: {low: 0, high: 6},
};

/**
 * Product, bias and activation in one pass, for the activations that are a clamp; others stay with the
 * backend.
 *
 * @see multiply
 */
export const fusedMatMul = faster<{a: TensorInfo; b: TensorInfo; bias?: TensorInfo}, _FusedMatMulAttrs>(
  _FusedMatMul,
  ({backend, inputs: {a, b, bias}, attrs: {transposeA, transposeB, activation}}) => {
    const bounds = BOUNDS[activation];
    const columns = transposeB ? b.shape.at(-2) : b.shape.at(-1);
    const biasFits = bias == null || (bias.shape.length === 1 && bias.shape[0] === columns);
    if (bounds === undefined || !biasFits || (bias && bias.dtype !== 'float32')) return undefined;
    return multiply(backend, a, b, {transposeA, transposeB, bias, ...bounds});
  },
);
