import {addSums, transposeGradient, transposeIn, transposeStripOut} from './lanes';

/**
 * Two-input gates over blocks of up to 16 rows.
 *
 * A block of x is transposed once, to [inputs][rows of the block], in scratch memory. What a unit then
 * gathers is a run of neighbouring floats instead of one float per row, and its arithmetic fills the lanes.
 * The rows that a block lacks to a multiple of four repeat its last row, with a gradient of 0. A vector is
 * four rows; a strip is the runs of four neighbouring units.
 */

/** 1 where every one of `length` connections lies in [0, inputs), else 0. */
export function connectionsFit(connections: usize, length: i32, inputs: i32): i32 {
  let i: i32 = 0;
  let outside = i32x4.splat(0);
  for (; i + 4 <= length; i += 4) {
    outside = v128.or(outside, i32x4.ge_u(v128.load(connections + ((<usize>i) << 2)), i32x4.splat(inputs)));
  }
  if (v128.any_true(outside)) return 0;
  for (; i < length; i++) {
    if (load<u32>(connections + ((<usize>i) << 2)) >= <u32>inputs) return 0;
  }
  return 1;
}

/**
 * y [rows, units] = c0 + c1 a + c2 b + c3 ab.
 *
 * @param scratch A strip, 16 `vectors` floats, then a block of x, 4 `vectors` floats an input.
 * @param vectors How many vectors make a block, 1 to 4.
 */
export function evaluateGates(
  x: usize,
  coefficients: usize,
  connections: usize,
  y: usize,
  scratch: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  vectors: i32,
): void {
  const transposed = scratch + ((<usize>vectors) << 6);
  for (let row: i32 = 0; row < rows; row += 4 * vectors) {
    const count = min(rows - row, 4 * vectors);
    const used = (count + 3) >> 2;
    const run = (<usize>used) << 4;
    transposeIn(x + ((<usize>row * inputs) << 2), transposed, count, inputs, used, run);
    for (let unit: i32 = 0; unit < units; unit += 4) {
      const left = min(units - unit, 4);
      for (let j: i32 = 0; j < left; j++) {
        const a = transposed + inputIndex(connections, 2 * (unit + j)) * run;
        const b = transposed + inputIndex(connections, 2 * (unit + j) + 1) * run;
        evaluateUnit(a, b, coefficients + ((<usize>(unit + j)) << 4), scratch + <usize>j * run, run);
      }
      transposeStripOut(scratch, y + ((<usize>row * units + unit) << 2), count, units, left, used, run, 1);
    }
  }
}

/** A unit's values in a block. */
function evaluateUnit(a: usize, b: usize, c: usize, to: usize, run: usize): void {
  const c0 = v128.load32_splat(c);
  const c1 = v128.load32_splat(c, 4);
  const c2 = v128.load32_splat(c, 8);
  const c3 = v128.load32_splat(c, 12);
  for (let at: usize = 0; at < run; at += 16) {
    const va = v128.load(a + at);
    const vb = v128.load(b + at);
    const constant = f32x4.add(c0, f32x4.mul(c2, vb));
    const slope = f32x4.add(c1, f32x4.mul(c3, vb));
    v128.store(to + at, f32x4.add(constant, f32x4.mul(va, slope)));
  }
}

/**
 * Both gradients of `evaluateGates`.
 *
 * @param dx [rows, inputs], times `factor`.
 * @param sums [units, 4], the sums over rows of dy, dy a, dy b and dy ab.
 * @param absoluteSums [units, 4], the same sums of |dy|, or 0 if they are not wanted.
 * @param scratch A strip, 16 `vectors` floats, then for each input its run of x and its run of dx, which lie
 *   together so that they share a cache line: 8 `vectors` floats.
 */
export function gateGradients(
  dy: usize,
  x: usize,
  coefficients: usize,
  connections: usize,
  dx: usize,
  sums: usize,
  scratch: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  vectors: i32,
  factor: f32,
  absoluteSums: usize,
): void {
  memory.fill(sums, 0, (<usize>units) << 4);
  if (absoluteSums) memory.fill(absoluteSums, 0, (<usize>units) << 4);
  const transposed = scratch + ((<usize>vectors) << 6);
  for (let row: i32 = 0; row < rows; row += 4 * vectors) {
    const count = min(rows - row, 4 * vectors);
    const used = (count + 3) >> 2;
    const run = (<usize>used) << 4;
    const begin = (<usize>row * inputs) << 2;
    transposeIn(x + begin, transposed, count, inputs, used, 2 * run);
    for (let unit: i32 = 0; unit < units; unit += 4) {
      const left = min(units - unit, 4);
      transposeGradient(dy + ((<usize>row * units + unit) << 2), scratch, count, units, left, used);
      for (let j: i32 = 0; j < left; j++) {
        const a = transposed + inputIndex(connections, 2 * (unit + j)) * (2 * run);
        const b = transposed + inputIndex(connections, 2 * (unit + j) + 1) * (2 * run);
        const at = (<usize>(unit + j)) << 4;
        const gradient = scratch + <usize>j * run;
        addGradients(gradient, a, b, coefficients + at, sums + at, run);
        if (absoluteSums) addAbsoluteSums(gradient, a, b, absoluteSums + at, run);
      }
    }
    for (let column: i32 = 0; column < inputs; column += 4) {
      const from = transposed + <usize>column * (2 * run) + run;
      const to = dx + begin + ((<usize>column) << 2);
      transposeStripOut(from, to, count, inputs, min(inputs - column, 4), used, 2 * run, factor);
    }
  }
}

/** A unit's share of dx and of the sums in a block. */
function addGradients(gradient: usize, a: usize, b: usize, c: usize, sums: usize, run: usize): void {
  const c1 = v128.load32_splat(c, 4);
  const c2 = v128.load32_splat(c, 8);
  const c3 = v128.load32_splat(c, 12);
  let plain = f32x4.splat(0);
  let withA = f32x4.splat(0);
  let withB = f32x4.splat(0);
  let both = f32x4.splat(0);
  for (let at: usize = 0; at < run; at += 16) {
    const dy = v128.load(gradient + at);
    const va = v128.load(a + at);
    const vb = v128.load(b + at);
    const dyA = f32x4.mul(dy, va);
    const dyB = f32x4.mul(dy, vb);
    plain = f32x4.add(plain, dy);
    withA = f32x4.add(withA, dyA);
    withB = f32x4.add(withB, dyB);
    both = f32x4.add(both, f32x4.mul(dyA, vb));
    const toA = a + run + at;
    const toB = b + run + at;
    const da = f32x4.add(f32x4.mul(c1, dy), f32x4.mul(c3, dyB));
    const db = f32x4.add(f32x4.mul(c2, dy), f32x4.mul(c3, dyA));
    v128.store(toA, f32x4.add(v128.load(toA), da));
    v128.store(toB, f32x4.add(v128.load(toB), db)); // after the other: a and b may be one input
  }
  addSums(sums, plain, withA, withB, both);
}

/** A unit's share of the absoluteSums in a block, which the gradients have just brought near. Leaves |dy| at `gradient`. */
function addAbsoluteSums(gradient: usize, a: usize, b: usize, absoluteSums: usize, run: usize): void {
  for (let at = gradient; at < gradient + run; at += 16) v128.store(at, f32x4.abs(v128.load(at)));
  addProducts(gradient, a, b, absoluteSums, run);
}

/** The sums and absoluteSums of `gateGradients` alone; `scratch` as for `evaluateGates`. */
export function coefficientGradient(
  dy: usize,
  x: usize,
  connections: usize,
  sums: usize,
  scratch: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  vectors: i32,
  absoluteSums: usize,
): void {
  memory.fill(sums, 0, (<usize>units) << 4);
  if (absoluteSums) memory.fill(absoluteSums, 0, (<usize>units) << 4);
  const transposed = scratch + ((<usize>vectors) << 6);
  for (let row: i32 = 0; row < rows; row += 4 * vectors) {
    const count = min(rows - row, 4 * vectors);
    const used = (count + 3) >> 2;
    const run = (<usize>used) << 4;
    transposeIn(x + ((<usize>row * inputs) << 2), transposed, count, inputs, used, run);
    for (let unit: i32 = 0; unit < units; unit += 4) {
      const left = min(units - unit, 4);
      transposeGradient(dy + ((<usize>row * units + unit) << 2), scratch, count, units, left, used);
      for (let j: i32 = 0; j < left; j++) {
        const a = transposed + inputIndex(connections, 2 * (unit + j)) * run;
        const b = transposed + inputIndex(connections, 2 * (unit + j) + 1) * run;
        const at = (<usize>(unit + j)) << 4;
        const gradient = scratch + <usize>j * run;
        addProducts(gradient, a, b, sums + at, run);
        if (absoluteSums) addAbsoluteSums(gradient, a, b, absoluteSums + at, run);
      }
    }
  }
}

/** A unit's share of the sums in a block. */
function addProducts(gradient: usize, a: usize, b: usize, sums: usize, run: usize): void {
  let plain = f32x4.splat(0);
  let withA = f32x4.splat(0);
  let withB = f32x4.splat(0);
  let both = f32x4.splat(0);
  for (let at: usize = 0; at < run; at += 16) {
    const dy = v128.load(gradient + at);
    const vb = v128.load(b + at);
    const dyA = f32x4.mul(dy, v128.load(a + at));
    plain = f32x4.add(plain, dy);
    withA = f32x4.add(withA, dyA);
    withB = f32x4.add(withB, f32x4.mul(dy, vb));
    both = f32x4.add(both, f32x4.mul(dyA, vb));
  }
  addSums(sums, plain, withA, withB, both);
}

export function inputIndex(connections: usize, index: i32): usize {
  return <usize>load<u32>(connections + ((<usize>index) << 2));
}
