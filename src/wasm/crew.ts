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

/** Threads that compute parts of products, on memory of their own. */
export interface Crew {
  readonly size: number;
  /**
   * Has a member begin a product.
   *
   * @param heap The backend's memory, which the addresses mean. Operands are read before this returns.
   * @returns A function that waits for the product and writes it into `heap`, or answers false where the member is
   *   lost.
   */
  begin(member: number, heap: Float32Array, product: Product): (heap: Float32Array) => boolean;
}

let crew: Crew | undefined;

/** From now on `hired` takes part in the wasm backend's products of matrices; undefined ends it. */
export function shareProducts(hired: Crew | undefined): void {
  crew = hired;
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
  const shared = product.m * product.n * product.k >= SHARED_FROM ? crew : undefined;
  const [mine, ...parts] = split(product, 1 + (shared?.size ?? 0));
  const begun = parts.map((part, member) => ({part, finish: shared!.begin(member, heap(), part)}));
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
