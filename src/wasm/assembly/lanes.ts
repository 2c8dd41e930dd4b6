/**
 * Transposes four rows of four floats.
 *
 * @param row Bytes from one row to the next.
 * @param column Bytes from one stored column to the next.
 */
export function transpose4(from: usize, row: usize, to: usize, column: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + row);
  const r2 = v128.load(from + 2 * row);
  const r3 = v128.load(from + 3 * row);
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(t0, t1, 0, 2));
  v128.store(to + column, v128.shuffle<f64>(t0, t1, 1, 3));
  v128.store(to + 2 * column, v128.shuffle<f64>(t2, t3, 0, 2));
  v128.store(to + 3 * column, v128.shuffle<f64>(t2, t3, 1, 3));
}

/** Adds n floats at x to those at sum. */
export function addFloats(sum: usize, x: usize, n: i32): void {
  const end = x + ((<usize>n) << 2);
  for (; x + 16 <= end; x += 16, sum += 16) v128.store(sum, f32x4.add(v128.load(sum), v128.load(x)));
  for (; x < end; x += 4, sum += 4) store<f32>(sum, load<f32>(sum) + load<f32>(x));
}

/** Copies n floats. */
export function copyFloats(to: usize, from: usize, n: i32): void {
  const end = from + ((<usize>n) << 2);
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from));
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(from));
}

/** x times its weight plus y times its own. */
export function weighted(x: v128, weight: f32, y: v128, weightOfY: f32): v128 {
  return f32x4.add(f32x4.mul(x, f32x4.splat(weight)), f32x4.mul(y, f32x4.splat(weightOfY)));
}
