import {packPanel, packStrips, STRIP} from './packing';
import {tile5x8, tile5x16} from './tiles';

/** Rows of B per panel, which stays in the first-level cache: 512 x 8 floats are 16 KiB. */
const DEPTH: i32 = 512;
/** Numbers of A that are packed at a time and stay in the second-level cache: 400 KiB. */
const BLOCK: i32 = 200 * DEPTH;
/** Columns of the narrowest and widest panel. */
const NARROW: i32 = 8;
const WIDEST: i32 = 16;

/** Columns of a panel. */
let panelWidth: i32 = 8;

/** Sets the columns of a panel: 8, or 16 for an engine that packs pairs of vectors into 256-bit ones. */
export function setPanelWidth(columns: i32): void {
  panelWidth = columns;
}

/** Rows of A per block, which are whole strips and, but for the last, equally many; `gemmScratch` has the same formula. */
function rowsPerBlock(m: i32, depth: i32): i32 {
  const most = (BLOCK / max(depth, 1) / STRIP) * STRIP;
  const blocks = max((m + most - 1) / most, 1);
  return ((m + blocks * STRIP - 1) / (blocks * STRIP)) * STRIP;
}

/**
 * C = clamp(A B + bias), or C += A B. Strides are in elements: a transposed operand has its two strides exchanged, and
 * rows of C are `cRow` apart. Each element starts at its bias and adds products in the order of the shared
 * dimension, in float32, which gives the same bits as XNNPACK's fully connected operator.
 *
 * @param batch Number of products; product p multiplies matrix `p % aBatch` of A and `p % bBatch` of B. C must be dense if
 *   there are several.
 * @param bias Address of n floats, or 0.
 * @param accumulate Nonzero adds the product to C.
 * @param scratch Address of 16 * (512 + 6) + rowsPerBlock(m, min(k, 512)) * min(k, 512) floats.
 */
export function gemm(
  batch: i32,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aBatch: i32,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bBatch: i32,
  bRow: i32,
  bColumn: i32,
  c: usize,
  cRow: i32,
  bias: usize,
  low: f32,
  high: f32,
  accumulate: i32,
  scratch: usize,
): void {
  const spare = scratch + 4 * WIDEST * DEPTH;
  const packed = spare + 4 * WIDEST * (STRIP + 1);
  const toRow = (<usize>cRow) << 2;
  const blockRows = rowsPerBlock(m, min(k, DEPTH));
  for (let p = 0; p < batch; p++) {
    const aMatrix = a + ((<usize>(p % aBatch) * m * k) << 2);
    const bMatrix = b + ((<usize>(p % bBatch) * k * n) << 2);
    const cMatrix = c + ((<usize>p * m * n) << 2);
    for (let k0 = 0; k0 < k; k0 += DEPTH) {
      const depth = min(DEPTH, k - k0);
      const adds = (accumulate | k0) !== 0;
      for (let i0 = 0; i0 < m; i0 += blockRows) {
        const rows = min(blockRows, m - i0);
        packStrips(
          aMatrix + ((<usize>i0 * aRow + <usize>k0 * aColumn) << 2),
          aRow,
          aColumn,
          rows,
          depth,
          packed,
        );
        let width = panelWidth;
        for (let j = 0; j < n; j += width) {
          const columns = min(width, n - j);
          if (columns <= NARROW) width = NARROW;
          packPanel(
            bMatrix + ((<usize>k0 * bRow + <usize>j * bColumn) << 2),
            bRow,
            bColumn,
            depth,
            columns,
            width,
            scratch,
          );
          const biases: usize = bias === 0 ? 0 : bias + ((<usize>j) << 2);
          const block = cMatrix + <usize>i0 * toRow + ((<usize>j) << 2);
          multiplyStrips(packed, rows, scratch, columns, width, depth, block, toRow, adds, biases, spare);
        }
      }
    }
  }
  if (low === -Infinity && high === Infinity) return;
  for (let row = 0; row < batch * m; row++, c += toRow) clampFloats(c, n, low, high);
}

function clampFloats(x: usize, n: i32, low: f32, high: f32): void {
  const end = x + ((<usize>n) << 2);
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  for (; x + 16 <= end; x += 16) v128.store(x, f32x4.min(f32x4.max(v128.load(x), lows), highs));
  for (; x < end; x += 4) store<f32>(x, min(max(load<f32>(x), low), high));
}

/**
 * Multiplies all strips of a block of A by one panel of B.
 *
 * @param bias Address of `columns` floats, or 0. Ignored if products are added to C.
 * @param spare Address of six rows of a panel.
 */
function multiplyStrips(
  strip: usize,
  rows: i32,
  panel: usize,
  columns: i32,
  panelWidth: i32,
  depth: i32,
  c: usize,
  cRow: usize,
  adds: bool,
  bias: usize,
  spare: usize,
): void {
  const width = (<usize>columns) << 2;
  const start = spare + 4 * WIDEST * STRIP;
  if (!adds) {
    memory.fill(start, 0, 4 * WIDEST);
    if (bias !== 0) memory.copy(start, bias, width);
  }
  for (let i = 0; i < rows; i += STRIP, strip += <usize>depth * (4 * STRIP), c += STRIP * cRow) {
    const present = min(STRIP, rows - i);
    const whole = present === STRIP && columns === panelWidth;
    const to = whole ? c : spare;
    const toRow = whole ? cRow : 4 * WIDEST;
    if (adds && !whole) copyRows(c, cRow, spare, 4 * WIDEST, present, width);
    const from = adds ? to : start;
    const fromRow = adds ? toRow : 0;
    if (panelWidth === WIDEST) tile5x16(strip, panel, depth, from, fromRow, to, toRow);
    else tile5x8(strip, panel, depth, from, fromRow, to, toRow);
    if (!whole) copyRows(spare, 4 * WIDEST, c, cRow, present, width);
  }
}

function copyRows(from: usize, fromRow: usize, to: usize, toRow: usize, rows: i32, bytes: usize): void {
  for (let r = 0; r < rows; r++, from += fromRow, to += toRow) memory.copy(to, from, bytes);
}
