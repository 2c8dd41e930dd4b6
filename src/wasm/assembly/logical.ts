/** Comparisons and operations on their results, which are bytes of 0 or 1. */

/**
 * x >= y for n floats; NaN compares false.
 *
 * @param xStep Bytes from one x to the next: 4, or 0 for a single x that is compared with every y. `yStep` likewise.
 */
export function greaterOrEqual(x: usize, xStep: usize, y: usize, yStep: usize, n: i32, to: usize): void {
  const end = to + n;
  for (; to + 16 <= end; to += 16, x += 16 * xStep, y += 16 * yStep) {
    const first = i16x8.narrow_i32x4_s(
      f32x4.ge(four(x, xStep), four(y, yStep)),
      f32x4.ge(four(x + 4 * xStep, xStep), four(y + 4 * yStep, yStep)),
    );
    const second = i16x8.narrow_i32x4_s(
      f32x4.ge(four(x + 8 * xStep, xStep), four(y + 8 * yStep, yStep)),
      f32x4.ge(four(x + 12 * xStep, xStep), four(y + 12 * yStep, yStep)),
    );
    v128.store(to, v128.and(i8x16.narrow_i16x8_s(first, second), i8x16.splat(1)));
  }
  for (; to < end; to++, x += xStep, y += yStep) store<u8>(to, load<f32>(x) >= load<f32>(y) ? 1 : 0);
}

function four(at: usize, step: usize): v128 {
  return step === 0 ? v128.load_splat<f32>(at) : v128.load(at);
}

/** Logical and of x and y, n bytes each. */
export function both(x: usize, y: usize, n: i32, to: usize): void {
  const end = to + n;
  const none = i8x16.splat(0);
  for (; to + 16 <= end; to += 16, x += 16, y += 16) {
    const yes = v128.and(i8x16.ne(v128.load(x), none), i8x16.ne(v128.load(y), none));
    v128.store(to, v128.and(yes, i8x16.splat(1)));
  }
  for (; to < end; to++, x++, y++) store<u8>(to, load<u8>(x) !== 0 && load<u8>(y) !== 0 ? 1 : 0);
}

/** x where the condition is true, else y: n words of four bytes. */
export function select(condition: usize, x: usize, y: usize, n: i32, to: usize): void {
  const end = to + ((<usize>n) << 2);
  for (; to + 16 <= end; to += 16, condition += 4, x += 16, y += 16) {
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(condition)));
    const yes = i32x4.ne(wide, i32x4.splat(0));
    v128.store(to, v128.bitselect(v128.load(x), v128.load(y), yes));
  }
  for (; to < end; to += 4, condition++, x += 4, y += 4) {
    store<i32>(to, load<u8>(condition) !== 0 ? load<i32>(x) : load<i32>(y));
  }
}
