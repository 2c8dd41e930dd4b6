/**
 * Tiles of a product: TO = FROM + STRIP PANEL, computed in registers.
 *
 * Both are free of branches and store neighbouring vectors one after the other, so that V8 can pack pairs of them into
 * 256-bit vectors (`--experimental-wasm-revectorize`). The narrow tile is the largest that fits into
 * sixteen 128-bit registers; the wide one requires 256-bit vectors and is slow without them.
 *
 * The first column of a strip is multiplied before the loop. V8 then keeps the addresses of the five rows in registers, where it would
 * compute four of them, and extend two to 64 bits, for every column.
 *
 * `strip` has `depth` columns, at least one, of five rows of A, `panel` has `depth` rows of B. Rows of FROM are `fromRow` bytes
 * apart, rows of TO `toRow`; both may be the same memory.
 */

/** Eight columns. */
export function tile5x8(
  strip: usize,
  panel: usize,
  depth: i32,
  from: usize,
  fromRow: usize,
  to: usize,
  toRow: usize,
): void {
  const end = panel + <usize>depth * 32;
  let c00 = v128.load(from),
    c01 = v128.load(from, 16);
  from += fromRow;
  let c10 = v128.load(from),
    c11 = v128.load(from, 16);
  from += fromRow;
  let c20 = v128.load(from),
    c21 = v128.load(from, 16);
  from += fromRow;
  let c30 = v128.load(from),
    c31 = v128.load(from, 16);
  from += fromRow;
  let c40 = v128.load(from),
    c41 = v128.load(from, 16);
  let x: v128;
  let b0: v128, b1: v128;
  b0 = v128.load(panel);
  b1 = v128.load(panel, 16);
  x = v128.load_splat<f32>(strip);
  c00 = f32x4.add(c00, f32x4.mul(x, b0));
  c01 = f32x4.add(c01, f32x4.mul(x, b1));
  x = v128.load_splat<f32>(strip, 4);
  c10 = f32x4.add(c10, f32x4.mul(x, b0));
  c11 = f32x4.add(c11, f32x4.mul(x, b1));
  x = v128.load_splat<f32>(strip, 8);
  c20 = f32x4.add(c20, f32x4.mul(x, b0));
  c21 = f32x4.add(c21, f32x4.mul(x, b1));
  x = v128.load_splat<f32>(strip, 12);
  c30 = f32x4.add(c30, f32x4.mul(x, b0));
  c31 = f32x4.add(c31, f32x4.mul(x, b1));
  x = v128.load_splat<f32>(strip, 16);
  c40 = f32x4.add(c40, f32x4.mul(x, b0));
  c41 = f32x4.add(c41, f32x4.mul(x, b1));
  panel += 32;
  strip += 20;
  for (; panel < end; panel += 32, strip += 20) {
    b0 = v128.load(panel);
    b1 = v128.load(panel, 16);
    x = v128.load_splat<f32>(strip);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(strip, 4);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(strip, 8);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(strip, 12);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(strip, 16);
    c40 = f32x4.add(c40, f32x4.mul(x, b0));
    c41 = f32x4.add(c41, f32x4.mul(x, b1));
  }
  v128.store(to, c00);
  v128.store(to, c01, 16);
  to += toRow;
  v128.store(to, c10);
  v128.store(to, c11, 16);
  to += toRow;
  v128.store(to, c20);
  v128.store(to, c21, 16);
  to += toRow;
  v128.store(to, c30);
  v128.store(to, c31, 16);
  to += toRow;
  v128.store(to, c40);
  v128.store(to, c41, 16);
}

/** Sixteen columns. */
export function tile5x16(
  strip: usize,
  panel: usize,
  depth: i32,
  from: usize,
  fromRow: usize,
  to: usize,
  toRow: usize,
): void {
  const end = panel + <usize>depth * 64;
  let c00 = v128.load(from),
    c01 = v128.load(from, 16),
    c02 = v128.load(from, 32),
    c03 = v128.load(from, 48);
  from += fromRow;
  let c10 = v128.load(from),
    c11 = v128.load(from, 16),
    c12 = v128.load(from, 32),
    c13 = v128.load(from, 48);
  from += fromRow;
  let c20 = v128.load(from),
    c21 = v128.load(from, 16),
    c22 = v128.load(from, 32),
    c23 = v128.load(from, 48);
  from += fromRow;
  let c30 = v128.load(from),
    c31 = v128.load(from, 16),
    c32 = v128.load(from, 32),
    c33 = v128.load(from, 48);
  from += fromRow;
  let c40 = v128.load(from),
    c41 = v128.load(from, 16),
    c42 = v128.load(from, 32),
    c43 = v128.load(from, 48);
  let x: v128;
  let b0: v128, b1: v128, b2: v128, b3: v128;
  b0 = v128.load(panel);
  b1 = v128.load(panel, 16);
  b2 = v128.load(panel, 32);
  b3 = v128.load(panel, 48);
  x = v128.load_splat<f32>(strip);
  c00 = f32x4.add(c00, f32x4.mul(x, b0));
  c01 = f32x4.add(c01, f32x4.mul(x, b1));
  c02 = f32x4.add(c02, f32x4.mul(x, b2));
  c03 = f32x4.add(c03, f32x4.mul(x, b3));
  x = v128.load_splat<f32>(strip, 4);
  c10 = f32x4.add(c10, f32x4.mul(x, b0));
  c11 = f32x4.add(c11, f32x4.mul(x, b1));
  c12 = f32x4.add(c12, f32x4.mul(x, b2));
  c13 = f32x4.add(c13, f32x4.mul(x, b3));
  x = v128.load_splat<f32>(strip, 8);
  c20 = f32x4.add(c20, f32x4.mul(x, b0));
  c21 = f32x4.add(c21, f32x4.mul(x, b1));
  c22 = f32x4.add(c22, f32x4.mul(x, b2));
  c23 = f32x4.add(c23, f32x4.mul(x, b3));
  x = v128.load_splat<f32>(strip, 12);
  c30 = f32x4.add(c30, f32x4.mul(x, b0));
  c31 = f32x4.add(c31, f32x4.mul(x, b1));
  c32 = f32x4.add(c32, f32x4.mul(x, b2));
  c33 = f32x4.add(c33, f32x4.mul(x, b3));
  x = v128.load_splat<f32>(strip, 16);
  c40 = f32x4.add(c40, f32x4.mul(x, b0));
  c41 = f32x4.add(c41, f32x4.mul(x, b1));
  c42 = f32x4.add(c42, f32x4.mul(x, b2));
  c43 = f32x4.add(c43, f32x4.mul(x, b3));
  panel += 64;
  strip += 20;
  for (; panel < end; panel += 64, strip += 20) {
    b0 = v128.load(panel);
    b1 = v128.load(panel, 16);
    b2 = v128.load(panel, 32);
    b3 = v128.load(panel, 48);
    x = v128.load_splat<f32>(strip);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    c02 = f32x4.add(c02, f32x4.mul(x, b2));
    c03 = f32x4.add(c03, f32x4.mul(x, b3));
    x = v128.load_splat<f32>(strip, 4);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    c12 = f32x4.add(c12, f32x4.mul(x, b2));
    c13 = f32x4.add(c13, f32x4.mul(x, b3));
    x = v128.load_splat<f32>(strip, 8);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    c22 = f32x4.add(c22, f32x4.mul(x, b2));
    c23 = f32x4.add(c23, f32x4.mul(x, b3));
    x = v128.load_splat<f32>(strip, 12);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
    c32 = f32x4.add(c32, f32x4.mul(x, b2));
    c33 = f32x4.add(c33, f32x4.mul(x, b3));
    x = v128.load_splat<f32>(strip, 16);
    c40 = f32x4.add(c40, f32x4.mul(x, b0));
    c41 = f32x4.add(c41, f32x4.mul(x, b1));
    c42 = f32x4.add(c42, f32x4.mul(x, b2));
    c43 = f32x4.add(c43, f32x4.mul(x, b3));
  }
  v128.store(to, c00);
  v128.store(to, c01, 16);
  v128.store(to, c02, 32);
  v128.store(to, c03, 48);
  to += toRow;
  v128.store(to, c10);
  v128.store(to, c11, 16);
  v128.store(to, c12, 32);
  v128.store(to, c13, 48);
  to += toRow;
  v128.store(to, c20);
  v128.store(to, c21, 16);
  v128.store(to, c22, 32);
  v128.store(to, c23, 48);
  to += toRow;
  v128.store(to, c30);
  v128.store(to, c31, 16);
  v128.store(to, c32, 32);
  v128.store(to, c33, 48);
  to += toRow;
  v128.store(to, c40);
  v128.store(to, c41, 16);
  v128.store(to, c42, 32);
  v128.store(to, c43, 48);
}
