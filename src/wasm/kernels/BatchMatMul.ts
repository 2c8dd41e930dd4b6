import {
  BatchMatMul,
  type BatchMatMulAttrs,
  broadcast_util,
  type DataId,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {floatsOf, offsetOf, type WasmBackend} from '../heap.js';
import {multiplyOnPool, type Product} from '../products.js';
import {type Routines, routinesOf, withGemmScratch} from '../routines.js';
import {faster} from '../trainingKernel.js';
import {isUnused, zeros} from '../unusedGradients.js';

/**
 * Number of products with the same B after which XNNPACK's packed copy pays off. The backend packs a weight once and
 * keeps the copy until the tensor is disposed; packing takes as long as ten products of a few rows.
 */
const REPEATS = 8;
/** Rows of A, and columns of B, up to which that copy matters; beyond, packing is a small part of the work. */
const FEW_ROWS = 64;
const FEW_COLUMNS = 16;

/** How often each B was used: weights are used repeatedly in `predict` and validation, but are new at every training step. */
const uses = new WeakMap<DataId, number>();

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
 * The backend multiplies transposed operands and batches in three plain loops, ten times slower, and leaves most of the
 * result unwritten if both operands are broadcast.
 *
 * @param a `[...batch, m, k]`, or `[...batch, k, m]` with `transposeA`.
 * @param b `[...batch, k, n]`, or `[...batch, n, k]` with `transposeB`.
 * @returns `[...batch, m, n]`, or undefined if the backend should compute it: for other dtypes, or few rows times a
 *   weight that is used repeatedly.
 * @throws If the inner lengths differ.
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
  if (inner !== k) {
    throw new Error(
      `Error in matMul: inner shapes (${k}) and (${inner}) of Tensors with shapes ${a.shape} and ${b.shape} and ` +
        `transposeA=${transposeA} and transposeB=${transposeB} must match.`,
    );
  }
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const batch = util.sizeFromShape(outer);
  const isPlain = batch === 1 && !transposeA && !transposeB && m * n * k > 0;
  if (isPlain && (m <= FEW_ROWS || n <= FEW_COLUMNS) && isUsedRepeatedly(b)) return undefined;
  const out = backend.makeOutput([...outer, m, n], 'float32');
  if (batch * m * n === 0) return out;
  if (k === 0) {
    const start = bias === undefined ? [0] : floatsOf(backend, bias).slice();
    const clamped = start.map((value) => Math.min(Math.max(value, low), high));
    const to = floatsOf(backend, out);
    for (let i = 0; i < to.length; i++) to[i] = clamped[i % clamped.length]!;
    return out;
  }
  const product: Product = {
    m,
    n,
    k,
    a: offsetOf(backend, a),
    aRow: transposeA ? 1 : k,
    aColumn: transposeA ? m : 1,
    b: offsetOf(backend, b),
    bRow: transposeB ? 1 : n,
    bColumn: transposeB ? k : 1,
    c: offsetOf(backend, out),
    cRow: n,
    bias: bias ? offsetOf(backend, bias) : 0,
    low,
    high,
  };
  const multiplyHere = (part: Product, batches = ONE) => gemm(backend, routines, part, batches);
  if (batch === 1) {
    multiplyOnPool(product, () => new Float32Array(backend.wasm.HEAPU8.buffer), multiplyHere);
    return out;
  }
  const [batchA, batchB] = [util.sizeFromShape(outerA), util.sizeFromShape(outerB)];
  if (followsModulo(outerA, outerB)) {
    multiplyHere(product, {batch, batchA, batchB});
  } else {
    const [matrixOfA, matrixOfB] = [matrixOf(outer, outerA), matrixOf(outer, outerB)];
    for (let p = 0; p < batch; p++) {
      multiplyHere({
        ...product,
        a: product.a + 4 * m * k * matrixOfA(p),
        b: product.b + 4 * k * n * matrixOfB(p),
        c: product.c + 4 * m * n * p,
      });
    }
  }
  return out;
}

/** Counts the uses of `b` and returns whether more are to be expected. */
function isUsedRepeatedly({dataId}: TensorInfo): boolean {
  const times = uses.get(dataId) ?? 0;
  if (times < REPEATS) uses.set(dataId, times + 1);
  return times >= REPEATS;
}

/** The number of products, and of matrices in each operand: product p multiplies the matrices with index p modulo that number. */
interface Batches {
  readonly batch: number;
  readonly batchA: number;
  readonly batchB: number;
}
const ONE: Batches = {batch: 1, batchA: 1, batchB: 1};

function gemm(
  backend: WasmBackend,
  routines: Routines,
  {m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, bias, low, high}: Product,
  {batch, batchA, batchB}: Batches,
): void {
  withGemmScratch(backend, m, k, (scratch) =>
    routines.gemm(
      batch,
      m,
      n,
      k,
      a,
      batchA,
      aRow,
      aColumn,
      b,
      batchB,
      bRow,
      bColumn,
      c,
      cRow,
      bias,
      low,
      high,
      0,
      scratch,
    ),
  );
}

/** Whether product p multiplies the matrices with index p modulo each operand's number of matrices. */
function followsModulo(outerA: number[], outerB: number[]): boolean {
  const [batchA, batchB] = [util.sizeFromShape(outerA), util.sizeFromShape(outerB)];
  return batchA === 1 || batchB === 1 || util.arraysEqual(outerA, outerB);
}

/** The index of the matrix, in an operand with leading axes `own`, that product p of `outer` multiplies. */
function matrixOf(outer: readonly number[], own: readonly number[]): (p: number) => number {
  return (p) => {
    let matrix = 0;
    let [rest, stride] = [p, 1];
    for (let axis = 1; axis <= own.length; axis++) {
      const [length, ownLength] = [outer.at(-axis)!, own.at(-axis)!];
      if (ownLength > 1) matrix += (rest % length) * stride;
      rest = Math.floor(rest / length);
      stride *= ownLength;
    }
    return matrix;
  };
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
