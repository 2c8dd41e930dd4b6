/** Loads and stores of fewer than four lanes, transposes, and sums across lanes. */

/** The first `count` (1 to 4) floats from `at`, and `pad` in the lanes beyond; nothing more is read. */
export function loadUpTo(at: usize, count: i32, pad: f32): v128 {
  if (count >= 4) return v128.load(at);
  let lanes = f32x4.splat(pad);
  lanes = v128.load_lane<f32>(at, lanes, 0);
  if (count > 1) lanes = v128.load_lane<f32>(at, lanes, 1, 4);
  if (count > 2) lanes = v128.load_lane<f32>(at, lanes, 2, 8);
  return lanes;
}

/** Stores the first `count` lanes; all where there are four or more, none where there is none. */
export function storeUpTo(at: usize, count: i32, lanes: v128): void {
  if (count >= 4) {
    v128.store(at, lanes);
    return;
  }
  if (count > 0) v128.store_lane<f32>(at, lanes, 0);
  if (count > 1) v128.store_lane<f32>(at, lanes, 1, 4);
  if (count > 2) v128.store_lane<f32>(at, lanes, 2, 8);
}

/**
 * Columns of the 4 x 4 matrix with rows p, q, r and s. The compiler computes what they share once.
 *
 * @returns Lane 0 of each row; `column1` to `column3` return the other lanes.
 */
export function column0(p: v128, q: v128, r: v128, s: v128): v128 {
  return v128.shuffle<f32>(
    v128.shuffle<f32>(p, q, 0, 4, 1, 5),
    v128.shuffle<f32>(r, s, 0, 4, 1, 5),
    0,
    1,
    4,
    5,
  );
}

export function column1(p: v128, q: v128, r: v128, s: v128): v128 {
  return v128.shuffle<f32>(
    v128.shuffle<f32>(p, q, 0, 4, 1, 5),
    v128.shuffle<f32>(r, s, 0, 4, 1, 5),
    2,
    3,
    6,
    7,
  );
}

export function column2(p: v128, q: v128, r: v128, s: v128): v128 {
  return v128.shuffle<f32>(
    v128.shuffle<f32>(p, q, 2, 6, 3, 7),
    v128.shuffle<f32>(r, s, 2, 6, 3, 7),
    0,
    1,
    4,
    5,
  );
}

export function column3(p: v128, q: v128, r: v128, s: v128): v128 {
  return v128.shuffle<f32>(
    v128.shuffle<f32>(p, q, 2, 6, 3, 7),
    v128.shuffle<f32>(r, s, 2, 6, 3, 7),
    2,
    3,
    6,
    7,
  );
}

/** Transposes four rows, and stores the first `left` (1 to 4) columns, one every `step` bytes. */
export function storeTransposed(at: usize, step: usize, left: i32, p: v128, q: v128, r: v128, s: v128): void {
  v128.store(at, column0(p, q, r, s));
  if (left > 1) v128.store(at + step, column1(p, q, r, s));
  if (left > 2) v128.store(at + 2 * step, column2(p, q, r, s));
  if (left > 3) v128.store(at + 3 * step, column3(p, q, r, s));
}

/** (lane 0 + lane 1) + (lane 2 + lane 3). */
export function sumLanes(lanes: v128): f32 {
  const left = f32x4.extract_lane(lanes, 0) + f32x4.extract_lane(lanes, 1);
  return left + (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3));
}

/** Adds the sum across the lanes of each of four vectors to the four floats at `sums`. */
export function addSums(sums: usize, p: v128, q: v128, r: v128, s: v128): void {
  const left = f32x4.add(v128.shuffle<f32>(p, q, 0, 4, 1, 5), v128.shuffle<f32>(p, q, 2, 6, 3, 7));
  const right = f32x4.add(v128.shuffle<f32>(r, s, 0, 4, 1, 5), v128.shuffle<f32>(r, s, 2, 6, 3, 7));
  const even = v128.shuffle<f32>(left, right, 0, 1, 4, 5);
  const odd = v128.shuffle<f32>(left, right, 2, 3, 6, 7);
  v128.store(sums, f32x4.add(v128.load(sums), f32x4.add(even, odd)));
}

/** The largest lane. A lane that is NaN counts only where it comes first. */
export function maxLanes(lanes: v128): f32 {
  const pairs = f32x4.pmax(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 2, 3));
  return f32x4.extract_lane(f32x4.pmax(pairs, v128.shuffle<f32>(pairs, pairs, 1, 1, 1, 1)), 0);
}

/**
 * Transposes `count` rows of [rows, width] to [width][4 `vectors`], one column's run every `step` bytes; missing
 * rows repeat the last one. Clears what lies between the runs.
 */
export function transposeIn(from: usize, to: usize, count: i32, width: i32, vectors: i32, step: usize): void {
  const stride = (<usize>width) << 2;
  const run = (<usize>vectors) << 4;
  const gap = step > run;
  const zero = f32x4.splat(0);
  for (let v: i32 = 0; v < vectors; v++) {
    const r0 = from + <usize>(4 * v) * stride;
    const r1 = from + <usize>min(4 * v + 1, count - 1) * stride;
    const r2 = from + <usize>min(4 * v + 2, count - 1) * stride;
    const r3 = from + <usize>min(4 * v + 3, count - 1) * stride;
    let target = to + ((<usize>v) << 4);
    let column: i32 = 0;
    for (; column + 4 <= width; column += 4) {
      const at = (<usize>column) << 2;
      const p = v128.load(r0 + at);
      const q = v128.load(r1 + at);
      const r = v128.load(r2 + at);
      const s = v128.load(r3 + at);
      v128.store(target, column0(p, q, r, s));
      v128.store(target + step, column1(p, q, r, s));
      v128.store(target + 2 * step, column2(p, q, r, s));
      v128.store(target + 3 * step, column3(p, q, r, s));
      if (gap) {
        v128.store(target + run, zero);
        v128.store(target + run + step, zero);
        v128.store(target + run + 2 * step, zero);
        v128.store(target + run + 3 * step, zero);
      }
      target += 4 * step;
    }
    for (; column < width; column++) {
      const at = (<usize>column) << 2;
      const lanes = f32x4(load<f32>(r0 + at), load<f32>(r1 + at), load<f32>(r2 + at), load<f32>(r3 + at));
      v128.store(target, lanes);
      if (gap) v128.store(target + run, zero);
      target += step;
    }
  }
}

/** Transposes `left` (1 to 4) columns of dy to a strip; missing rows are 0. */
export function transposeGradient(
  from: usize,
  to: usize,
  count: i32,
  width: i32,
  left: i32,
  vectors: i32,
): void {
  const stride = (<usize>width) << 2;
  const run = (<usize>vectors) << 4;
  const zero = f32x4.splat(0);
  for (let v: i32 = 0; v < vectors; v++) {
    const row = from + <usize>(4 * v) * stride;
    const filled = count - 4 * v;
    const p = loadUpTo(row, left, 0);
    const q = filled > 1 ? loadUpTo(row + stride, left, 0) : zero;
    const r = filled > 2 ? loadUpTo(row + 2 * stride, left, 0) : zero;
    const s = filled > 3 ? loadUpTo(row + 3 * stride, left, 0) : zero;
    const target = to + ((<usize>v) << 4);
    v128.store(target, column0(p, q, r, s));
    v128.store(target + run, column1(p, q, r, s));
    v128.store(target + 2 * run, column2(p, q, r, s));
    v128.store(target + 3 * run, column3(p, q, r, s));
  }
}

/** Transposes `left` (1 to 4) runs, one every `step` bytes, into columns of [rows, width], times `factor`. */
export function transposeStripOut(
  from: usize,
  to: usize,
  count: i32,
  width: i32,
  left: i32,
  vectors: i32,
  step: usize,
  factor: f32,
): void {
  const stride = (<usize>width) << 2;
  const scale = f32x4.splat(factor);
  // Where there are fewer than four runs, their lanes are never stored: any address serves.
  const second = left > 1 ? step : 0;
  const third = left > 2 ? 2 * step : 0;
  const fourth = left > 3 ? 3 * step : 0;
  for (let v: i32 = 0; v < vectors; v++) {
    const at = from + ((<usize>v) << 4);
    const filled = count - 4 * v;
    const p = f32x4.mul(v128.load(at), scale);
    const q = f32x4.mul(v128.load(at + second), scale);
    const r = f32x4.mul(v128.load(at + third), scale);
    const s = f32x4.mul(v128.load(at + fourth), scale);
    const row = to + <usize>(4 * v) * stride;
    storeUpTo(row, left, column0(p, q, r, s));
    if (filled > 1) storeUpTo(row + stride, left, column1(p, q, r, s));
    if (filled > 2) storeUpTo(row + 2 * stride, left, column2(p, q, r, s));
    if (filled > 3) storeUpTo(row + 3 * stride, left, column3(p, q, r, s));
  }
}
