import {type Argument, crewFor, type Operand, run} from './crew.js';

/** A product of matrices: addresses in bytes, strides in elements, as `gemm` takes them. */
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
  /** Address of n numbers that C starts from, or 0. */
  readonly bias: number;
  readonly low: number;
  readonly high: number;
}

/** Words of scratch that a product of [m, k] and [k, n] takes. */
export function gemmScratch(m: number, k: number): number {
  const rows = Math.ceil(Math.min(m, 130) / 5) * 5;
  return 16 * (512 + 6) + rows * Math.min(k, 512);
}

/** Multiply-adds from which sharing a product pays for the copies and for waking a thread. */
const SHARED_FROM = 6e6;
/** Whole strips and panels of `gemm`. */
const [ROWS, COLUMNS] = [5, 16];

/**
 * Computes a product, in parts where there is a crew and the product is large enough. Every element is summed in the
 * same order either way.
 *
 * @param heap Answers the backend's memory as it is now.
 * @param multiply Computes a product here.
 */
export function multiplyTogether(
  product: Product,
  heap: () => Float32Array,
  multiply: (part: Product) => void,
): void {
  const crew = crewFor(product.m * product.n * product.k, SHARED_FROM);
  const [mine, ...parts] = split(product, 1 + (crew?.size ?? 0));
  const begun = parts.map((part, member) => ({
    part,
    finish: crew!.begin(member, heap(), 'gemm', argumentsOfCopy(part)),
  }));
  multiply(mine!);
  for (const {part, finish} of begun) if (!finish(heap())) multiply(part);
}

/** At most `count` parts of about the same size, along the longer side of C: so the smaller operand is copied whole. */
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

/** What `gemm` gets for copies of a product's matrices, each as dense as it was turned. */
function argumentsOfCopy({
  m,
  n,
  k,
  a,
  aRow,
  aColumn,
  b,
  bRow,
  bColumn,
  c,
  cRow,
  ...rest
}: Product): Argument[] {
  const {bias, low, high} = rest;
  return [
    ...[1, m, n, k],
    ...[matrix(a, m, k, aRow, aColumn), 1, ...(aColumn === 1 ? [k, 1] : [1, m])],
    ...[matrix(b, k, n, bRow, bColumn), 1, ...(bColumn === 1 ? [n, 1] : [1, k])],
    ...[{words: m * n, to: {at: c, count: m, length: n, apart: cRow}}, n],
    ...[bias && {words: n, from: run(bias, n)}, low, high, 0, {words: gemmScratch(m, k)}],
  ];
}

function matrix(at: number, rows: number, columns: number, row: number, column: number): Operand {
  const words = rows * columns;
  return column === 1
    ? {words, from: {at, count: rows, length: columns, apart: row}}
    : {words, from: {at, count: columns, length: rows, apart: column}};
}
