/** Loads and stores of fewer than four lanes, transpositions, and sums across lanes. */

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

/** Turns four rows into columns, and stores the first `left` (1 to 4) of those, one every `step` bytes. */
export function storeTurned(at: usize, step: usize, left: i32, p: v128, q: v128, r: v128, s: v128): void {
  const low01 = v128.shuffle<f32>(p, q, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r, s, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(p, q, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  if (left > 1) v128.store(at + step, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  if (left > 2) v128.store(at + 2 * step, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  if (left > 3) v128.store(at + 3 * step, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/** (lane 0 + lane 1) + (lane 2 + lane 3). */
export function sumLanes(lanes: v128): f32 {
  const left = f32x4.extract_lane(lanes, 0) + f32x4.extract_lane(lanes, 1);
  return left + (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3));
}

/** The largest lane. A lane that is NaN counts only where it comes first. */
export function maxLanes(lanes: v128): f32 {
  const pairs = f32x4.pmax(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 2, 3));
  return f32x4.extract_lane(f32x4.pmax(pairs, v128.shuffle<f32>(pairs, pairs, 1, 1, 1, 1)), 0);
}
