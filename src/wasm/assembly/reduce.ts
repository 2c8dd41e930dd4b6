/** Sums over the middle axis of [outer, length, inner]. */
export function sumAxis(x: usize, outer: i32, length: i32, inner: i32, to: usize): void {
  if (inner === 1) {
    for (let i = 0; i < outer; i++, x += (<usize>length) << 2, to += 4) store<f32>(to, sumRow(x, length));
    return;
  }
  const row = (<usize>inner) << 2;
  for (let i = 0; i < outer; i++, x += row * length) {
    let j = 0;
    for (; j + 16 <= inner; j += 16, to += 64) {
      let s0 = f32x4.splat(0),
        s1 = s0,
        s2 = s0,
        s3 = s0;
      let from = x + ((<usize>j) << 2);
      for (let p = 0; p < length; p++, from += row) {
        s0 = f32x4.add(s0, v128.load(from));
        s1 = f32x4.add(s1, v128.load(from, 16));
        s2 = f32x4.add(s2, v128.load(from, 32));
        s3 = f32x4.add(s3, v128.load(from, 48));
      }
      v128.store(to, s0);
      v128.store(to, s1, 16);
      v128.store(to, s2, 32);
      v128.store(to, s3, 48);
    }
    for (; j + 4 <= inner; j += 4, to += 16) {
      let s = f32x4.splat(0);
      let from = x + ((<usize>j) << 2);
      for (let p = 0; p < length; p++, from += row) s = f32x4.add(s, v128.load(from));
      v128.store(to, s);
    }
    for (; j < inner; j++, to += 4) {
      let s: f32 = 0;
      let from = x + ((<usize>j) << 2);
      for (let p = 0; p < length; p++, from += row) s += load<f32>(from);
      store<f32>(to, s);
    }
  }
}

/** Sums blocks of 1024 floats in four vectors, and the sums of the blocks in double precision. */
export function sumRow(x: usize, n: i32): f32 {
  const end = x + ((<usize>n) << 2);
  let total: f64 = 0;
  while (x < end) {
    const stop = min(end, x + 4096);
    let s0 = f32x4.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0;
    for (; x + 64 <= stop; x += 64) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
    }
    s0 = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
    let sum =
      f32x4.extract_lane(s0, 0) +
      f32x4.extract_lane(s0, 1) +
      (f32x4.extract_lane(s0, 2) + f32x4.extract_lane(s0, 3));
    for (; x < stop; x += 4) sum += load<f32>(x);
    total += sum;
  }
  return <f32>total;
}

/** Square roots of n floats. */
export function squareRoots(x: usize, n: i32, to: usize): void {
  const end = x + ((<usize>n) << 2);
  for (; x + 32 <= end; x += 32, to += 32) {
    const y0 = f32x4.sqrt(v128.load(x)),
      y1 = f32x4.sqrt(v128.load(x, 16));
    v128.store(to, y0);
    v128.store(to, y1, 16);
  }
  for (; x < end; x += 4, to += 4) store<f32>(to, sqrt<f32>(load<f32>(x)));
}
