import {storeUpTo} from './lanes';

/**
 * Two-input gates over blocks of up to 16 rows.
 *
 * A block of x is turned round once, to [inputs][rows of the block], in scratch memory. What a unit then
 * gathers is a run of neighbouring floats instead of one float a row, and its arithmetic fills the lanes.
 * The rows that a block lacks to a multiple of four repeat its last row, with a gradient of 0.
 */

/** 1 where every one of `length` connections lies in [0, inputs), else 0. */
export function connectionsFit(connections: usize, length: i32, inputs: i32): i32 {
  for (let i: i32 = 0; i < length; i++) {
    if (load<u32>(connections + ((<usize>i) << 2)) >= <u32>inputs) return 0;
  }
  return 1;
}

/** y [rows, units] = c0 + c1 a + c2 b + c3 ab; `scratch` holds 4 `vectors` floats an input. */
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
  for (let row: i32 = 0; row < rows; row += 4 * vectors) {
    const count = min(rows - row, 4 * vectors);
    const used = (count + 3) >> 2;
    turnIn(x + ((<usize>row * inputs) << 2), scratch, count, inputs, used);
    evaluateBlock(scratch, coefficients, connections, y + ((<usize>row * units) << 2), count, units, used);
  }
}

function evaluateBlock(
  turned: usize,
  coefficients: usize,
  connections: usize,
  y: usize,
  count: i32,
  units: i32,
  vectors: i32,
): void {
  const stride = (<usize>units) << 2;
  const run = (<usize>vectors) << 4;
  for (let unit: i32 = 0; unit < units; unit += 4) {
    const left = units - unit;
    const u1 = min(unit + 1, units - 1);
    const u2 = min(unit + 2, units - 1);
    const u3 = min(unit + 3, units - 1);
    const a0 = turned + place(connections, 2 * unit) * run;
    const b0 = turned + place(connections, 2 * unit + 1) * run;
    const a1 = turned + place(connections, 2 * u1) * run;
    const b1 = turned + place(connections, 2 * u1 + 1) * run;
    const a2 = turned + place(connections, 2 * u2) * run;
    const b2 = turned + place(connections, 2 * u2 + 1) * run;
    const a3 = turned + place(connections, 2 * u3) * run;
    const b3 = turned + place(connections, 2 * u3 + 1) * run;
    const c0 = coefficients + ((<usize>unit) << 4);
    const c1 = coefficients + ((<usize>u1) << 4);
    const c2 = coefficients + ((<usize>u2) << 4);
    const c3 = coefficients + ((<usize>u3) << 4);
    let to = y + ((<usize>unit) << 2);
    for (let v: i32 = 0; v < vectors; v++) {
      const at = (<usize>v) << 4;
      const y0 = gate(a0 + at, b0 + at, c0);
      const y1 = gate(a1 + at, b1 + at, c1);
      const y2 = gate(a2 + at, b2 + at, c2);
      const y3 = gate(a3 + at, b3 + at, c3);
      const low01 = v128.shuffle<f32>(y0, y1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(y2, y3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(y0, y1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(y2, y3, 2, 6, 3, 7);
      const filled = count - 4 * v;
      storeUpTo(to, left, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      if (filled > 1) storeUpTo(to + stride, left, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      if (filled > 2) storeUpTo(to + 2 * stride, left, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      if (filled > 3) storeUpTo(to + 3 * stride, left, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
      to += 4 * stride;
    }
  }
}

function place(connections: usize, index: i32): usize {
  return <usize>load<u32>(connections + ((<usize>index) << 2));
}

function gate(a: usize, b: usize, c: usize): v128 {
  const va = v128.load(a);
  const vb = v128.load(b);
  const constant = f32x4.add(v128.load32_splat(c), f32x4.mul(v128.load32_splat(c, 8), vb));
  const slope = f32x4.add(v128.load32_splat(c, 4), f32x4.mul(v128.load32_splat(c, 12), vb));
  return f32x4.add(constant, f32x4.mul(va, slope));
}

/**
 * Gradients of `evaluateGates`.
 *
 * @param dx [rows, inputs], or 0 where it is not wanted.
 * @param sums [units, 4], the sums over rows of dy, dy a, dy b and dy ab, or 0 where they are not wanted.
 * @param scratch 16 `vectors` floats, then 4 `vectors` floats an input for x, and as many for dx.
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
): void {
  if (sums) memory.fill(sums, 0, (<usize>units) << 4);
  const turned = scratch + ((<usize>vectors) << 6);
  const turnedGradient = turned + <usize>inputs * ((<usize>vectors) << 4);
  for (let row: i32 = 0; row < rows; row += 4 * vectors) {
    const count = min(rows - row, 4 * vectors);
    const used = (count + 3) >> 2;
    const begin = (<usize>row * inputs) << 2;
    turnIn(x + begin, turned, count, inputs, used);
    if (dx) memory.fill(turnedGradient, 0, <usize>inputs * ((<usize>used) << 4));
    const run = (<usize>used) << 4;
    for (let unit: i32 = 0; unit < units; unit += 4) {
      const left = min(units - unit, 4);
      turnGradient(dy + ((<usize>row * units + unit) << 2), scratch, count, units, left, used);
      for (let j: i32 = 0; j < left; j++) {
        const a = place(connections, 2 * (unit + j)) * run;
        const b = place(connections, 2 * (unit + j) + 1) * run;
        const gradient = scratch + <usize>j * run;
        const place4 = (<usize>(unit + j)) << 4;
        if (dx) addInputGradient(gradient, turned, turnedGradient, a, b, coefficients + place4, run);
        if (sums) addSums(gradient, turned + a, turned + b, sums + place4, run);
      }
    }
    if (dx) turnOut(turnedGradient, dx + begin, count, inputs, used, factor);
  }
}

function addInputGradient(
  gradient: usize,
  turned: usize,
  turnedGradient: usize,
  a: usize,
  b: usize,
  c: usize,
  run: usize,
): void {
  const c1 = v128.load32_splat(c, 4);
  const c2 = v128.load32_splat(c, 8);
  const c3 = v128.load32_splat(c, 12);
  for (let at: usize = 0; at < run; at += 16) {
    const dy = v128.load(gradient + at);
    const va = v128.load(turned + a + at);
    const vb = v128.load(turned + b + at);
    const da = f32x4.mul(dy, f32x4.add(c1, f32x4.mul(c3, vb)));
    const db = f32x4.mul(dy, f32x4.add(c2, f32x4.mul(c3, va)));
    const toA = turnedGradient + a + at;
    const toB = turnedGradient + b + at;
    v128.store(toA, f32x4.add(v128.load(toA), da));
    v128.store(toB, f32x4.add(v128.load(toB), db));
  }
}

function addSums(gradient: usize, a: usize, b: usize, sums: usize, run: usize): void {
  let plain = f32x4.splat(0);
  let withA = f32x4.splat(0);
  let withB = f32x4.splat(0);
  let both = f32x4.splat(0);
  for (let at: usize = 0; at < run; at += 16) {
    const dy = v128.load(gradient + at);
    const va = v128.load(a + at);
    const vb = v128.load(b + at);
    const dyA = f32x4.mul(dy, va);
    plain = f32x4.add(plain, dy);
    withA = f32x4.add(withA, dyA);
    withB = f32x4.add(withB, f32x4.mul(dy, vb));
    both = f32x4.add(both, f32x4.mul(dyA, vb));
  }
  const low01 = v128.shuffle<f32>(plain, withA, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(withB, both, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(plain, withA, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(withB, both, 2, 6, 3, 7);
  const left = f32x4.add(
    v128.shuffle<f32>(low01, low23, 0, 1, 4, 5),
    v128.shuffle<f32>(low01, low23, 2, 3, 6, 7),
  );
  const right = f32x4.add(
    v128.shuffle<f32>(high01, high23, 0, 1, 4, 5),
    v128.shuffle<f32>(high01, high23, 2, 3, 6, 7),
  );
  v128.store(sums, f32x4.add(v128.load(sums), f32x4.add(left, right)));
}

/** Turns `count` rows of [rows, width] into [width][4 vectors]; missing rows repeat the last one. */
function turnIn(from: usize, to: usize, count: i32, width: i32, vectors: i32): void {
  const stride = (<usize>width) << 2;
  const run = (<usize>vectors) << 4;
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
      v128.store(target + run, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      v128.store(target + 2 * run, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      v128.store(target + 3 * run, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
      target += 4 * run;
    }
    for (; column < width; column++) {
      const at = (<usize>column) << 2;
      v128.store(
        target,
        f32x4(load<f32>(r0 + at), load<f32>(r1 + at), load<f32>(r2 + at), load<f32>(r3 + at)),
      );
      target += run;
    }
  }
}

/** Turns a strip of `left` (1 to 4) columns of dy into [4][4 vectors]; missing rows are 0. */
function turnGradient(from: usize, to: usize, count: i32, width: i32, left: i32, vectors: i32): void {
  const stride = (<usize>width) << 2;
  const run = (<usize>vectors) << 4;
  for (let v: i32 = 0; v < vectors; v++) {
    const r0 = from + <usize>(4 * v) * stride;
    const filled = count - 4 * v;
    const p = strip(r0, left);
    const q = filled > 1 ? strip(r0 + stride, left) : f32x4.splat(0);
    const r = filled > 2 ? strip(r0 + 2 * stride, left) : f32x4.splat(0);
    const s = filled > 3 ? strip(r0 + 3 * stride, left) : f32x4.splat(0);
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

function strip(at: usize, left: i32): v128 {
  if (left === 4) return v128.load(at);
  let lanes = f32x4.splat(0);
  lanes = v128.load_lane<f32>(at, lanes, 0);
  if (left > 1) lanes = v128.load_lane<f32>(at, lanes, 1, 4);
  if (left > 2) lanes = v128.load_lane<f32>(at, lanes, 2, 8);
  return lanes;
}

/** Undoes `turnIn` and multiplies by `factor`. */
function turnOut(from: usize, to: usize, count: i32, width: i32, vectors: i32, factor: f32): void {
  const stride = (<usize>width) << 2;
  const run = (<usize>vectors) << 4;
  const scale = f32x4.splat(factor);
  for (let v: i32 = 0; v < vectors; v++) {
    const filled = count - 4 * v;
    const source = from + ((<usize>v) << 4);
    const target = to + <usize>(4 * v) * stride;
    for (let column: i32 = 0; column < width; column += 4) {
      const left = width - column;
      const at = source + <usize>column * run;
      const p = f32x4.mul(v128.load(at), scale);
      const q = left > 1 ? f32x4.mul(v128.load(at + run), scale) : scale;
      const r = left > 2 ? f32x4.mul(v128.load(at + 2 * run), scale) : scale;
      const s = left > 3 ? f32x4.mul(v128.load(at + 3 * run), scale) : scale;
      const low01 = v128.shuffle<f32>(p, q, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(r, s, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(p, q, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
      const begin = target + ((<usize>column) << 2);
      storeUpTo(begin, left, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      if (filled > 1) storeUpTo(begin + stride, left, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      if (filled > 2) storeUpTo(begin + 2 * stride, left, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      if (filled > 3) storeUpTo(begin + 3 * stride, left, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
    }
  }
}
