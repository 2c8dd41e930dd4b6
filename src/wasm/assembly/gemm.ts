/** Columns of a panel of B: two vectors. */
const PANEL: i32 = 8;
/** Steps of the shared dimension in a panel, which stays in the first-level cache: 512 x 8 floats are 16 KiB. */
const DEPTH: i32 = 512;
/** Rows of A that are packed at a time, in strips of four: 128 x 512 floats stay in the second-level cache. */
const ROWS: i32 = 128;
/** Columns of C from which packing A costs less than it saves. */
const PACKS_FROM: i32 = 32;

/**
 * C = clamp(A B + bias), or C += A B. Strides are in elements, so a transposed operand is one whose strides
 * are exchanged; C is dense. Each element starts at its bias and adds products in order of the shared
 * dimension, in float32: bit for bit what XNNPACK's fully connected operator computes.
 *
 * @param batch Number of products; number p takes matrix `p % aBatch` of A and `p % bBatch` of B.
 * @param bias Address of n floats, or 0.
 * @param accumulate Nonzero adds to what C holds.
 * @param scratch Address of 8 * 512 + 8 + 128 * 512 floats.
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
  bias: usize,
  low: f32,
  high: f32,
  accumulate: i32,
  scratch: usize,
): void {
  const packed = scratch + 4 * (PANEL * DEPTH + 8);
  const packs = n >= PACKS_FROM && m >= 4;
  for (let p = 0; p < batch; p++) {
    const aMatrix = a + ((<usize>(p % aBatch) * m * k) << 2);
    const bMatrix = b + ((<usize>(p % bBatch) * k * n) << 2);
    const cMatrix = c + ((<usize>p * m * n) << 2);
    for (let k0 = 0; k0 < k; k0 += DEPTH) {
      const depth = min(DEPTH, k - k0);
      const adds = accumulate | k0;
      const clamps = k0 + depth === k;
      const from = clamps ? low : -Infinity;
      const to = clamps ? high : Infinity;
      for (let i0 = 0; i0 < m; i0 += ROWS) {
        const rows = min(ROWS, m - i0);
        const aBlock = aMatrix + ((<usize>i0 * aRow + <usize>k0 * aColumn) << 2);
        const strips = packs ? rows & ~3 : 0;
        if (packs) packStrips(aBlock, aRow, aColumn, strips, depth, packed);
        for (let j = 0; j < n; j += PANEL) {
          const width = min(PANEL, n - j);
          packPanel(
            bMatrix + ((<usize>k0 * bRow + <usize>j * bColumn) << 2),
            bRow,
            bColumn,
            depth,
            width,
            scratch,
          );
          const biasAt = adds !== 0 || bias === 0 ? 0 : bias + ((<usize>j) << 2);
          let cTile = cMatrix + ((<usize>i0 * n + j) << 2);
          let i = 0;
          for (; i < strips; i += 4, cTile += n << 4) {
            const strip = packed + ((<usize>i * depth) << 2);
            tile(strip, 4, 16, 4, scratch, depth, cTile, n << 2, width, biasAt, adds, from, to);
          }
          for (; i < rows; i += 4, cTile += n << 4) {
            const aTile = aBlock + ((<usize>i * aRow) << 2);
            tile(
              aTile,
              aRow << 2,
              aColumn << 2,
              min(4, rows - i),
              scratch,
              depth,
              cTile,
              n << 2,
              width,
              biasAt,
              adds,
              from,
              to,
            );
          }
        }
      }
    }
  }
}

/** Copies a block of A, whose rows are a multiple of four, into strips: four rows side by side. */
function packStrips(a: usize, aRow: i32, aColumn: i32, rows: i32, depth: i32, strip: usize): void {
  const row = (<usize>aRow) << 2;
  const column = (<usize>aColumn) << 2;
  for (let i = 0; i < rows; i += 4, a += 4 * row) {
    const end = strip + ((<usize>depth) << 4);
    let from = a;
    if (aRow === 1) {
      for (; strip < end; strip += 16, from += column) v128.store(strip, v128.load(from));
      continue;
    }
    if (aColumn === 1) {
      for (; strip + 64 <= end; strip += 64, from += 16) transpose4(from, row, strip, 16);
    }
    for (; strip < end; strip += 16, from += column) {
      store<f32>(strip, load<f32>(from));
      store<f32>(strip, load<f32>(from + row), 4);
      store<f32>(strip, load<f32>(from + 2 * row), 8);
      store<f32>(strip, load<f32>(from + 3 * row), 12);
    }
  }
}

/** Copies `depth` rows of `width` <= 8 columns of B into a panel of 8 columns, filled up with zeros. */
function packPanel(b: usize, bRow: i32, bColumn: i32, depth: i32, width: i32, panel: usize): void {
  const row = (<usize>bRow) << 2;
  const column = (<usize>bColumn) << 2;
  const end = panel + ((<usize>depth) << 5);
  if (width === PANEL && bColumn === 1) {
    for (; panel < end; panel += 32, b += row) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
    }
    return;
  }
  if (width === PANEL && bRow === 1) {
    let p = 0;
    for (; p + 4 <= depth; p += 4, panel += 128, b += 16) {
      transpose4(b, column, panel, 32);
      transpose4(b + 4 * column, column, panel + 16, 32);
    }
    for (; p < depth; p++, panel += 32, b += 4) {
      for (let j: usize = 0; j < 8; j++) store<f32>(panel + (j << 2), load<f32>(b + j * column));
    }
    return;
  }
  for (; panel < end; panel += 32, b += row) {
    v128.store(panel, f32x4.splat(0));
    v128.store(panel, f32x4.splat(0), 16);
    for (let j: usize = 0; j < <usize>width; j++) store<f32>(panel + (j << 2), load<f32>(b + j * column));
  }
}

/** Writes four rows of four floats as columns; what was one column lands `apart` bytes after the last. */
function transpose4(from: usize, row: usize, to: usize, apart: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + row);
  const r2 = v128.load(from + 2 * row);
  const r3 = v128.load(from + 3 * row);
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(t0, t1, 0, 2));
  v128.store(to + apart, v128.shuffle<f64>(t0, t1, 1, 3));
  v128.store(to + 2 * apart, v128.shuffle<f64>(t2, t3, 0, 2));
  v128.store(to + 3 * apart, v128.shuffle<f64>(t2, t3, 1, 3));
}

/**
 * Up to 4 rows and 8 columns of C. A row that is not there repeats row 0 and is not stored; columns that
 * are not there start at whatever lies beyond C and end in `spare`.
 */
function tile(
  a: usize,
  row: usize,
  step: usize,
  rows: i32,
  panel: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  width: i32,
  bias: usize,
  adds: i32,
  low: f32,
  high: f32,
): void {
  const end = panel + ((<usize>depth) << 5);
  const part = width < PANEL;
  let c00 = f32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00,
    c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
  if (adds !== 0) {
    let from = part ? copyRow(c, end, width) : c;
    c00 = v128.load(from);
    c01 = v128.load(from, 16);
    if (rows > 1) {
      from = part ? copyRow(c + cRow, end, width) : c + cRow;
      c10 = v128.load(from);
      c11 = v128.load(from, 16);
    }
    if (rows > 2) {
      from = part ? copyRow(c + 2 * cRow, end, width) : c + 2 * cRow;
      c20 = v128.load(from);
      c21 = v128.load(from, 16);
    }
    if (rows > 3) {
      from = part ? copyRow(c + 3 * cRow, end, width) : c + 3 * cRow;
      c30 = v128.load(from);
      c31 = v128.load(from, 16);
    }
  } else if (bias !== 0) {
    const from = part ? copyRow(bias, end, width) : bias;
    c00 = v128.load(from);
    c01 = v128.load(from, 16);
    c10 = c00;
    c11 = c01;
    c20 = c00;
    c21 = c01;
    c30 = c00;
    c31 = c01;
  }
  if (rows === 4 && row === 4) {
    for (; panel < end; panel += 32, a += step) {
      const b0 = v128.load(panel),
        b1 = v128.load(panel, 16);
      let x = v128.load_splat<f32>(a);
      c00 = f32x4.add(c00, f32x4.mul(x, b0));
      c01 = f32x4.add(c01, f32x4.mul(x, b1));
      x = v128.load_splat<f32>(a, 4);
      c10 = f32x4.add(c10, f32x4.mul(x, b0));
      c11 = f32x4.add(c11, f32x4.mul(x, b1));
      x = v128.load_splat<f32>(a, 8);
      c20 = f32x4.add(c20, f32x4.mul(x, b0));
      c21 = f32x4.add(c21, f32x4.mul(x, b1));
      x = v128.load_splat<f32>(a, 12);
      c30 = f32x4.add(c30, f32x4.mul(x, b0));
      c31 = f32x4.add(c31, f32x4.mul(x, b1));
    }
  } else {
    let a0 = a;
    let a1 = rows > 1 ? a + row : a;
    let a2 = rows > 2 ? a + 2 * row : a;
    let a3 = rows > 3 ? a + 3 * row : a;
    for (; panel < end; panel += 32) {
      const b0 = v128.load(panel),
        b1 = v128.load(panel, 16);
      let x = v128.load_splat<f32>(a0);
      c00 = f32x4.add(c00, f32x4.mul(x, b0));
      c01 = f32x4.add(c01, f32x4.mul(x, b1));
      x = v128.load_splat<f32>(a1);
      c10 = f32x4.add(c10, f32x4.mul(x, b0));
      c11 = f32x4.add(c11, f32x4.mul(x, b1));
      x = v128.load_splat<f32>(a2);
      c20 = f32x4.add(c20, f32x4.mul(x, b0));
      c21 = f32x4.add(c21, f32x4.mul(x, b1));
      x = v128.load_splat<f32>(a3);
      c30 = f32x4.add(c30, f32x4.mul(x, b0));
      c31 = f32x4.add(c31, f32x4.mul(x, b1));
      a0 += step;
      a1 += step;
      a2 += step;
      a3 += step;
    }
  }
  storeRow(c00, c01, c, width, low, high, end);
  if (rows > 1) storeRow(c10, c11, c + cRow, width, low, high, end);
  if (rows > 2) storeRow(c20, c21, c + 2 * cRow, width, low, high, end);
  if (rows > 3) storeRow(c30, c31, c + 3 * cRow, width, low, high, end);
}

/** Copies `width` floats to `spare`, an address of eight. */
function copyRow(from: usize, spare: usize, width: i32): usize {
  memory.copy(spare, from, width << 2);
  return spare;
}

function storeRow(left: v128, right: v128, c: usize, width: i32, low: f32, high: f32, spare: usize): void {
  left = f32x4.min(f32x4.max(left, f32x4.splat(low)), f32x4.splat(high));
  right = f32x4.min(f32x4.max(right, f32x4.splat(low)), f32x4.splat(high));
  const to = width === PANEL ? c : spare;
  v128.store(to, left);
  v128.store(to, right, 16);
  if (width !== PANEL) memory.copy(c, spare, width << 2);
}
