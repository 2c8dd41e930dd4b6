import {loadUpTo, storeUpTo, sumLanes} from './lanes';

/** Floats whose squares are summed in single precision before they join the double-precision total. */
const BLOCK: i32 = 4096;

/** The sum of the squares of `length` floats. */
export function sumOfSquares(x: usize, length: i32): f64 {
  let total: f64 = 0;
  for (let begin: i32 = 0; begin < length; begin += BLOCK) {
    const end = min(begin + BLOCK, length);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let at = begin;
    for (; at + 16 <= end; at += 16) {
      const offset = x + ((<usize>at) << 2);
      const p = v128.load(offset);
      const q = v128.load(offset, 16);
      const r = v128.load(offset, 32);
      const s = v128.load(offset, 48);
      a = f32x4.add(a, f32x4.mul(p, p));
      b = f32x4.add(b, f32x4.mul(q, q));
      c = f32x4.add(c, f32x4.mul(r, r));
      d = f32x4.add(d, f32x4.mul(s, s));
    }
    for (; at < end; at += 4) {
      const p = loadUpTo(x + ((<usize>at) << 2), end - at, 0);
      a = f32x4.add(a, f32x4.mul(p, p));
    }
    total += <f64>sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  }
  return total;
}

/**
 * Sums down each column of `x` [rows, columns] into `out` [columns].
 *
 * @param bits What of each float is kept: -1 for all, 0x7fffffff for its magnitude.
 * @param onto Address of [columns] that the sums are added to, or 0.
 */
export function sumRows(x: usize, out: usize, rows: i32, columns: i32, bits: i32, onto: usize): void {
  const mask = i32x4.splat(bits);
  const stride = (<usize>columns) << 2;
  if (onto !== 0) memory.copy(out, onto, stride);
  else memory.fill(out, 0, stride);
  let row: i32 = 0;
  for (; row + 4 <= rows; row += 4) {
    const from = x + <usize>row * stride;
    for (let column: i32 = 0; column < columns; column += 4) {
      const offset = (<usize>column) << 2;
      const left = columns - column;
      const a = v128.and(loadUpTo(from + offset, left, 0), mask);
      const b = v128.and(loadUpTo(from + stride + offset, left, 0), mask);
      const c = v128.and(loadUpTo(from + 2 * stride + offset, left, 0), mask);
      const d = v128.and(loadUpTo(from + 3 * stride + offset, left, 0), mask);
      const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
      storeUpTo(out + offset, left, f32x4.add(loadUpTo(out + offset, left, 0), sum));
    }
  }
  for (; row < rows; row++) {
    const from = x + <usize>row * stride;
    for (let column: i32 = 0; column < columns; column += 4) {
      const offset = (<usize>column) << 2;
      const left = columns - column;
      const a = v128.and(loadUpTo(from + offset, left, 0), mask);
      storeUpTo(out + offset, left, f32x4.add(loadUpTo(out + offset, left, 0), a));
    }
  }
}

/** Stores 1 at `out` where one of `length` floats is NaN, else 0; looks no further than the block it finds one in. */
export function hasNaN(x: usize, out: usize, length: i32): void {
  for (let begin: i32 = 0; begin < length; begin += BLOCK) {
    const end = min(begin + BLOCK, length);
    let lanes = i32x4.splat(0);
    let at = begin;
    for (; at + 16 <= end; at += 16) {
      const offset = x + ((<usize>at) << 2);
      const p = v128.load(offset);
      const q = v128.load(offset, 16);
      const r = v128.load(offset, 32);
      const s = v128.load(offset, 48);
      lanes = v128.or(lanes, v128.or(f32x4.ne(p, p), f32x4.ne(q, q)));
      lanes = v128.or(lanes, v128.or(f32x4.ne(r, r), f32x4.ne(s, s)));
    }
    for (; at < end; at += 4) {
      const p = loadUpTo(x + ((<usize>at) << 2), end - at, 0);
      lanes = v128.or(lanes, f32x4.ne(p, p));
    }
    if (v128.any_true(lanes)) {
      store<f32>(out, 1);
      return;
    }
  }
  store<f32>(out, 0);
}
