import {type Argument, type Operand, run, workerPoolFor} from './workerPool.js';

/** A matrix product: addresses in bytes, strides in elements, as `gemm` takes them. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: number;
  readonly aRow: number;
  readonly aColumn: number;
  readonly b: number;
  readonly bRow: number;
  readonly bColumn: number;
  readonly c: number;
  readonly cRow: number;
  /** Address of the n numbers to which the products are added, or 0. */
  readonly bias: number;
  readonly low: number;
  readonly high: number;
}

/** Depth of a panel, and numbers of A per block, in `gemm`. */
const [DEPTH, BLOCK] = [512, 200 * 512];
/** Rows of a strip and columns of a panel in `gemm`. */
const [ROWS, COLUMNS] = [5, 16];
/** Words of scratch memory for a panel and what belongs to it. */
const PANEL = COLUMNS * (DEPTH + ROWS + 1);

/** Words of scratch memory for a product of any size. */
export const LARGEST_GEMM_SCRATCH = PANEL + BLOCK;

/** Words of scratch memory for a product of [m, k] and [k, n]. */
export function gemmScratch(m: number, k: number): number {
  const depth = Math.min(k, DEPTH);
  const most = Math.floor(BLOCK / Math.max(depth, 1) / ROWS) * ROWS;
  const blocks = Math.max(Math.ceil(m / most), 1);
  return PANEL + Math.ceil(m / blocks / ROWS) * ROWS * depth;
}

/** Multiply-adds from which sharing a product is worth copying operands and waking a thread. */
const SHARED_FROM = 6e6;

/**
 * Computes a product, in parts if there is a worker pool and the product is large enough. Every element is summed in the
 * same order either way.
 *
 * @param heap Returns the backend's memory as it is now.
 * @param multiply Computes a product on this thread.
 */
export function multiplyOnPool(
  product: Product,
  heap: () => Float32Array,
  multiply: (part: Product) => void,
): void {
  const pool = workerPoolFor(product.m * product.n * product.k, SHARED_FROM);
  const [mine, ...parts] = split(product, 1 + (pool?.size ?? 0));
  const started = parts.map((part, worker) => ({
    part,
    finish: pool!.start(worker, heap(), 'gemm', argumentsOfCopy(part)),
  }));
  multiply(mine!);
  for (const {part, finish} of started) if (!finish(heap())) multiply(part);
}

/** At most `count` parts of about the same size, along the longer side of C, so that the smaller operand is copied whole. */
export function split(product: Product, count: number): Product[] {
  const {m, n, a, aRow, b, bColumn, bias, c, cRow} = product;
  const byRows = m >= n;
  const [length, unit] = byRows ? [m, ROWS] : [n, COLUMNS];
  const share = Math.ceil(length / count / unit) * unit;
  return Array.from({length: Math.ceil(length / share)}, (_, i) => {
    const from = i * share;
    const size = Math.min(share, length - from);
    return byRows
      ? {...product, m: size, a: a + 4 * from * aRow, c: c + 4 * from * cRow}
      : {...product, n: size, b: b + 4 * from * bColumn, c: c + 4 * from, bias: bias && bias + 4 * from};
  });
}

/** The arguments of `gemm` for dense copies of a product's matrices, each transposed as it was. */
function argumentsOfCopy(product: Product): Argument[] {
  const {m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, bias, low, high} = product;
  const [copyOfA, copyOfB] = [matrix(a, m, k, aRow, aColumn), matrix(b, k, n, bRow, bColumn)];
  const batch = 1;
  const accumulate = 0;
  return [
    batch,
    m,
    n,
    k,
    copyOfA,
    1,
    aColumn === 1 ? k : 1,
    aColumn === 1 ? 1 : m,
    copyOfB,
    1,
    bColumn === 1 ? n : 1,
    bColumn === 1 ? 1 : k,
    {words: m * n, to: {offset: c, count: m, length: n, stride: cRow}},
    n,
    bias && {words: n, from: run(bias, n)},
    low,
    high,
    accumulate,
    {words: gemmScratch(m, k)},
  ];
}

function matrix(offset: number, rows: number, columns: number, row: number, column: number): Operand {
  const words = rows * columns;
  return column === 1
    ? {words, from: {offset, count: rows, length: columns, stride: row}}
    : {words, from: {offset, count: columns, length: rows, stride: column}};
}
