import {
  BatchMatMul,
  type BatchMatMulAttrs,
  broadcast_util,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {floatsOf, offsetOf, type WasmBackend} from '../heap.js';
import {multiplyTogether, type Product} from '../products.js';
import {routinesOf, withGemmScratch} from '../routines.js';
import {faster} from '../trainingKernel.js';
import {isUnused, zeros} from '../unusedGradients.js';

/** Rows of A from which packing B for one product pays; XNNPACK keeps a weight packed between calls. */
const PACKS_FROM_ROWS = 8;

export interface Operands {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly bias?: TensorInfo | undefined;
  readonly low?: number;
  readonly high?: number;
}

/**
 * `clamp(A B + bias, low, high)` over the last two axes, either of them transposed in place, leading axes
 * broadcast. The sums equal those of the backend's own kernel bit for bit where it uses XNNPACK.
 *
 * The backend multiplies transposed operands and batches in three plain loops, ten times slower.
 *
 * @param a `[...batch, m, k]`, or `[...batch, k, m]` with `transposeA`.
 * @param b `[...batch, k, n]`, or `[...batch, n, k]` with `transposeB`.
 * @returns `[...batch, m, n]`, or undefined for what is better left to the backend: other types, shapes
 *   that do not fit, or a few rows times a weight.
 */
export function multiply(
  backend: WasmBackend,
  a: TensorInfo,
  b: TensorInfo,
  {transposeA, transposeB, bias, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY}: Operands,
): TensorInfo | undefined {
  const routines = routinesOf(backend).exports;
  if (routines === undefined || a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  const [rowsA = 0, columnsA = 0] = a.shape.slice(-2);
  const [rowsB = 0, columnsB = 0] = b.shape.slice(-2);
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [inner, n] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const batchA = util.sizeFromShape(outerA);
  const batchB = util.sizeFromShape(outerB);
  if (inner !== k || !followsModulo(outerA, outerB, batchA, batchB)) return undefined;
  const batch = Math.max(batchA, batchB);
  if (batch === 1 && !transposeA && !transposeB && m < PACKS_FROM_ROWS && k > 0) return undefined;
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const out = backend.makeOutput([...outer, m, n], 'float32');
  if (k === 0 || batchA * batchB === 0) {
    const start = bias === undefined ? [0] : floatsOf(backend, bias).slice();
    const clamped = start.map((value) => Math.min(Math.max(value, low), high));
    const to = floatsOf(backend, out);
    for (let i = 0; i < to.length; i++) to[i] = clamped[i % clamped.length]!;
    return out;
  }
  const product = {
    ...{m, n, k, low, high},
    ...{a: offsetOf(backend, a), aRow: transposeA ? 1 : k, aColumn: transposeA ? m : 1},
    ...{b: offsetOf(backend, b), bRow: transposeB ? 1 : n, bColumn: transposeB ? k : 1},
    ...{c: offsetOf(backend, out), cRow: n, bias: bias ? offsetOf(backend, bias) : 0},
  };
  const multiplyHere = (part: Product) =>
    withGemmScratch(backend, part.m, k, (scratch) =>
      routines.gemm(
        ...[batch, part.m, part.n, k],
        ...([part.a, batchA, part.aRow, part.aColumn, part.b, batchB, part.bRow, part.bColumn] as const),
        ...([part.c, part.cRow, part.bias, low, high, 0, scratch] as const),
      ),
    );
  if (batch > 1) multiplyHere(product);
  else multiplyTogether(product, () => new Float32Array(backend.wasm.HEAPU8.buffer), multiplyHere);
  return out;
}

/** Whether product p of the broadcast batch takes matrix p modulo each operand's own batch. */
function followsModulo(outerA: number[], outerB: number[], batchA: number, batchB: number): boolean {
  return batchA === 1 || batchB === 1 || util.arraysEqual(outerA, outerB);
}

/** @see multiply */
export const batchMatMul = faster<{a: TensorInfo; b: TensorInfo}, BatchMatMulAttrs>(
  BatchMatMul,
  ({backend, inputs: {a, b}, attrs: {transposeA, transposeB}}) => {
    if (isUnused(BatchMatMul)) {
      const [m, n] = [a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!];
      const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
      return zeros(backend, [...outer, m, n]);
    }
    return multiply(backend, a, b, {transposeA, transposeB});
  },
);
