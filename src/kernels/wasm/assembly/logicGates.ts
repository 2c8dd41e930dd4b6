import {loadUpTo, storeUpTo} from './lanes';

/**
 * Two-input gates over blocks of up to 16 rows.
 *
 * A block of x is turned round once, to [inputs][rows of the block], in scratch memory. What a unit then
 * gathers is a run of neighbouring floats instead of one float a row, and its arithmetic fills the lanes.
 * The rows that a block lacks to a multiple of four repeat its last row, with a gradient of 0. A vector is
 * four rows; a strip is the runs of four neighbouring units.
 */

/** 1 where every one of `length` connections lies in [0, inputs), else 0. */
export function connectionsFit(connections: usize, length: i32, inputs: i32): i32 {
  for (let i: i32 = 0; i < length; i++) {
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
  const turned = scratch + ((<usize>vectors) << 6);
  for (let row: i32 = 0; row < rows; row += 4 * vectors) {
    const count = min(rows - row, 4 * vectors);
    const used = (count + 3) >> 2;
    const run = (<usize>used) << 4;
    turnIn(x + ((<usize>row * inputs) << 2), turned, count, inputs, used, run);
    for (let unit: i32 = 0; unit < units; unit += 4) {
      const left = min(units - unit, 4);
      for (let j: i32 = 0; j < left; j++) {
        const a = turned + place(connections, 2 * (unit + j)) * run;
        const b = turned + place(connections, 2 * (unit + j) + 1) * run;
        evaluateUnit(a, b, coefficients + ((<usize>(unit + j)) << 4), scratch + <usize>j * run, run);
      }
      turnStripOut(scratch, y + ((<usize>row * units + unit) << 2), count, units, left, used, run, 1);
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
 * @param masses [units, 4], the same sums of |dy|, or 0: then nobody watches.
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
  masses: usize,
): void {
  memory.fill(sums, 0, (<usize>units) << 4);
  if (masses) memory.fill(masses, 0, (<usize>units) << 4);
  const turned = scratch + ((<usize>vectors) << 6);
  for (let row: i32 = 0; row < rows; row += 4 * vectors) {
    const count = min(rows - row, 4 * vectors);
    const used = (count + 3) >> 2;
    const run = (<usize>used) << 4;
    const begin = (<usize>row * inputs) << 2;
    turnIn(x + begin, turned, count, inputs, used, 2 * run);
    for (let unit: i32 = 0; unit < units; unit += 4) {
      const left = min(units - unit, 4);
      turnGradient(dy + ((<usize>row * units + unit) << 2), scratch, count, units, left, used);
      for (let j: i32 = 0; j < left; j++) {
        const a = turned + place(connections, 2 * (unit + j)) * (2 * run);
        const b = turned + place(connections, 2 * (unit + j) + 1) * (2 * run);
        const at = (<usize>(unit + j)) << 4;
        const gradient = scratch + <usize>j * run;
        addGradients(gradient, a, b, coefficients + at, sums + at, run);
        if (masses) addMasses(gradient, a, b, masses + at, run);
      }
    }
    for (let column: i32 = 0; column < inputs; column += 4) {
      const from = turned + <usize>column * (2 * run) + run;
      const to = dx + begin + ((<usize>column) << 2);
      turnStripOut(from, to, count, inputs, min(inputs - column, 4), used, 2 * run, factor);
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

/** A unit's share of the masses in a block, which the gradients have just brought near. Leaves |dy| at `gradient`. */
function addMasses(gradient: usize, a: usize, b: usize, masses: usize, run: usize): void {
  for (let at = gradient; at < gradient + run; at += 16) v128.store(at, f32x4.abs(v128.load(at)));
  addProducts(gradient, a, b, masses, run);
}

/** The sums and masses of `gateGradients` alone; `scratch` as for `evaluateGates`. */
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
  masses: usize,
): void {
  memory.fill(sums, 0, (<usize>units) << 4);
  if (masses) memory.fill(masses, 0, (<usize>units) << 4);
  const turned = scratch + ((<usize>vectors) << 6);
  for (let row: i32 = 0; row < rows; row += 4 * vectors) {
    const count = min(rows - row, 4 * vectors);
    const used = (count + 3) >> 2;
    const run = (<usize>used) << 4;
    turnIn(x + ((<usize>row * inputs) << 2), turned, count, inputs, used, run);
    for (let unit: i32 = 0; unit < units; unit += 4) {
      const left = min(units - unit, 4);
      turnGradient(dy + ((<usize>row * units + unit) << 2), scratch, count, units, left, used);
      for (let j: i32 = 0; j < left; j++) {
        const a = turned + place(connections, 2 * (unit + j)) * run;
        const b = turned + place(connections, 2 * (unit + j) + 1) * run;
        const at = (<usize>(unit + j)) << 4;
        const gradient = scratch + <usize>j * run;
        addProducts(gradient, a, b, sums + at, run);
        if (masses) addMasses(gradient, a, b, masses + at, run);
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

/** Adds the sum across the lanes of each of four vectors to the four floats at `sums`. */
function addSums(sums: usize, p: v128, q: v128, r: v128, s: v128): void {
  const left = f32x4.add(v128.shuffle<f32>(p, q, 0, 4, 1, 5), v128.shuffle<f32>(p, q, 2, 6, 3, 7));
  const right = f32x4.add(v128.shuffle<f32>(r, s, 0, 4, 1, 5), v128.shuffle<f32>(r, s, 2, 6, 3, 7));
  const even = v128.shuffle<f32>(left, right, 0, 1, 4, 5);
  const odd = v128.shuffle<f32>(left, right, 2, 3, 6, 7);
  v128.store(sums, f32x4.add(v128.load(sums), f32x4.add(even, odd)));
}

export function place(connections: usize, index: i32): usize {
  return <usize>load<u32>(connections + ((<usize>index) << 2));
}

/**
 * Turns `count` rows of [rows, width] into [width][4 `vectors`], one column's run every `step` bytes; missing
 * rows repeat the last one. Clears what lies between the runs.
 */
function turnIn(from: usize, to: usize, count: i32, width: i32, vectors: i32, step: usize): void {
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
      const low01 = v128.shuffle<f32>(p, q, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(r, s, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(p, q, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
      v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      v128.store(target + step, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      v128.store(target + 2 * step, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      v128.store(target + 3 * step, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
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

/** Turns `left` (1 to 4) columns of dy into a strip; missing rows are 0. */
function turnGradient(from: usize, to: usize, count: i32, width: i32, left: i32, vectors: i32): void {
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
    const low01 = v128.shuffle<f32>(p, q, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(r, s, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(p, q, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
    const target = to + ((<usize>v) << 4);
    v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    v128.store(target + run, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
    v128.store(target + 2 * run, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
    v128.store(target + 3 * run, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
  }
}

/** Turns `left` (1 to 4) runs, one every `step` bytes, into columns of [rows, width], times `factor`. */
export function turnStripOut(
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
    const low01 = v128.shuffle<f32>(p, q, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(r, s, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(p, q, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
    const row = to + <usize>(4 * v) * stride;
    storeUpTo(row, left, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    if (filled > 1) storeUpTo(row + stride, left, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
    if (filled > 2) storeUpTo(row + 2 * stride, left, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
    if (filled > 3) storeUpTo(row + 3 * stride, left, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
  }
}
