import {
  column0,
  column1,
  column2,
  column3,
  loadUpTo,
  storeTransposed,
  storeUpTo,
  transposeStripOut,
} from './lanes';
import {operands} from './logicBits';
import {inputIndex} from './logicGates';

/**
 * Gradients of gates that output 0 or 1 for inputs of 0 and 1, over the words of `logicBits.ts`.
 *
 * Each block of eight rows is traversed twice. The pass over the units, four at a time and one unit per lane, adds up the sums
 * and stores both operands' partial derivatives as runs of eight rows. The pass over the inputs adds up the runs of those
 * that read an input: nothing is scattered, and what is written are whole cache lines.
 *
 * Both passes read a few floats of one row after another, an order that processors do not prefetch. So the rows of dy are read,
 * and those of dx cleared, once in their order, before.
 */

/** Rows of a block. */
const ROWS: i32 = 8;

/** Bytes of a run: of a block's rows of one unit or input. */
const RUN: usize = 32;

/** Bytes of a tile: of the runs of four units, or of 16 inputs. */
const UNIT_TILE: usize = 4 * RUN;
const INPUT_TILE: usize = 16 * RUN;

/**
 * Both gradients of `evaluateGates`, as `gateGradients` of `logicGates.ts`.
 *
 * @param dx May be 0: then it is left out.
 * @param absoluteSums [units, 4], the sums of |dy|, |dy| a, |dy| b and |dy| ab, or 0 if they are not wanted.
 * @param scratch An input tile; and where there is a dx, the partials, two runs for each of `units`, to a multiple of four;
 *   one word per input; two per unit.
 */
export function gateGradientsOnBits(
  dy: usize,
  words: usize,
  coefficients: usize,
  connections: usize,
  dx: usize,
  sums: usize,
  absoluteSums: usize,
  scratch: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  factor: f32,
): void {
  const partials = scratch + INPUT_TILE;
  const ends = partials + 2 * <usize>((units + 3) & ~3) * RUN;
  const readers = ends + ((<usize>inputs) << 2);
  if (dx) sortReaders(connections, ends, readers, inputs, 2 * units);
  memory.fill(sums, 0, (<usize>units) << 4);
  if (absoluteSums) memory.fill(absoluteSums, 0, (<usize>units) << 4);
  for (let row: i32 = 0; row < rows; row += ROWS) {
    const count = min(rows - row, ROWS);
    bringNear(dy + ((<usize>row * units) << 2), (<usize>count * units) << 2, scratch);
    const block = words + ((<usize>(row >> 5) * inputs) << 2);
    for (let unit: i32 = 0; unit < units; unit += 4) {
      const left = min(units - unit, 4);
      const a = i32x4.shl(operands(block, connections, 2 * unit, left), row & 24);
      const b = i32x4.shl(operands(block, connections, 2 * unit + 1, left), row & 24);
      const at = (<usize>unit) << 4;
      let from = dy + ((<usize>row * units + unit) << 2);
      let stride = (<usize>units) << 2;
      if (left < 4 || count < ROWS) {
        fillTile(scratch, from, stride, count, left);
        from = scratch;
        stride = 16;
      }
      if (dx) {
        const to = partials + 2 * <usize>unit * RUN;
        addAndTranspose(from, stride, a, b, coefficients + at, sums + at, to, left, factor);
      } else {
        addProducts(from, stride, a, b, sums + at, left, -1);
      }
      if (absoluteSums) addProducts(from, stride, a, b, absoluteSums + at, left, 0x7fffffff);
    }
    if (dx) {
      const to = dx + ((<usize>row * inputs) << 2);
      memory.fill(to, 0, (<usize>count * inputs) << 2);
      sumPartials(partials, ends, readers, scratch, to, count, inputs);
    }
  }
}

/** Reads each cache line. What it makes of them stands at `to`, lest a compiler leave it out. */
function bringNear(from: usize, bytes: usize, to: usize): void {
  let seen = i32x4.splat(0);
  for (const end = from + bytes; from + 16 <= end; from += 64) seen = v128.or(seen, v128.load(from));
  v128.store(to, seen);
}

/** Sorts the offsets of the partials by the input that they belong to; `ends` are where each input's stop. */
function sortReaders(connections: usize, ends: usize, readers: usize, inputs: i32, length: i32): void {
  memory.fill(ends, 0, (<usize>inputs) << 2);
  for (let i: i32 = 0; i < length; i++) {
    const at = ends + (inputIndex(connections, i) << 2);
    store<u32>(at, load<u32>(at) + 4);
  }
  let end = readers;
  for (let at = ends; at < readers; at += 4) {
    const begin = end;
    end += load<u32>(at);
    store<u32>(at, begin);
  }
  for (let i: i32 = 0; i < length; i++) {
    const at = ends + (inputIndex(connections, i) << 2);
    const to = load<u32>(at);
    store<u32>(to, <u32>i * <u32>RUN);
    store<u32>(at, to + 4);
  }
}

/** Copies `count` rows of `left` (1 to 4) units, and fills up with zeros. */
function fillTile(tile: usize, from: usize, stride: usize, count: i32, left: i32): void {
  memory.fill(tile, 0, UNIT_TILE);
  for (let row: i32 = 0; row < count; row++) {
    storeUpTo(tile + ((<usize>row) << 4), left, loadUpTo(from + <usize>row * stride, left, 0));
  }
}

/** All ones where a word's topmost bit is 1, else zeros. */
function spread(words: v128): v128 {
  return i32x4.shr_s(words, 31);
}

/** The sums of four units in a block, of what `bits` keeps of each dy. */
function addProducts(dy: usize, stride: usize, a: v128, b: v128, sums: usize, left: i32, bits: i32): void {
  const kept = i32x4.splat(bits);
  let plain = f32x4.splat(0);
  let withA = f32x4.splat(0);
  let withB = f32x4.splat(0);
  let both = f32x4.splat(0);
  for (let row: i32 = 0; row < ROWS; row++) {
    const g = v128.and(v128.load(dy), kept);
    const gA = v128.and(g, spread(a));
    const isB = spread(b);
    plain = f32x4.add(plain, g);
    withA = f32x4.add(withA, gA);
    withB = f32x4.add(withB, v128.and(g, isB));
    both = f32x4.add(both, v128.and(gA, isB));
    a = i32x4.shl(a, 1);
    b = i32x4.shl(b, 1);
    dy += stride;
  }
  addSums(sums, left, plain, withA, withB, both);
}

/** The sums of four units in a block, and the runs of their two partial derivatives, times `factor`. */
function addAndTranspose(
  dy: usize,
  stride: usize,
  a: v128,
  b: v128,
  coefficients: usize,
  sums: usize,
  to: usize,
  left: i32,
  factor: f32,
): void {
  const scale = f32x4.splat(factor);
  const p = f32x4.mul(v128.load(coefficients), scale);
  const q = left > 1 ? f32x4.mul(v128.load(coefficients, 16), scale) : scale;
  const r = left > 2 ? f32x4.mul(v128.load(coefficients, 32), scale) : scale;
  const s = left > 3 ? f32x4.mul(v128.load(coefficients, 48), scale) : scale;
  const c1 = column1(p, q, r, s);
  const c2 = column2(p, q, r, s);
  const c3 = column3(p, q, r, s);
  // A derivative by one operand is c1 or c2 where the other one is 0; these are the bits that change where it is 1.
  const changeA = v128.xor(c1, f32x4.add(c1, c3));
  const changeB = v128.xor(c2, f32x4.add(c2, c3));
  let plain = f32x4.splat(0);
  let withA = f32x4.splat(0);
  let withB = f32x4.splat(0);
  let both = f32x4.splat(0);
  for (const end = to + RUN; to < end; to += 16) {
    const g0 = v128.load(dy);
    const isA0 = spread(a);
    const isB0 = spread(b);
    plain = f32x4.add(plain, g0);
    withA = f32x4.add(withA, v128.and(g0, isA0));
    withB = f32x4.add(withB, v128.and(g0, isB0));
    both = f32x4.add(both, v128.and(v128.and(g0, isA0), isB0));
    const dA0 = f32x4.mul(g0, v128.xor(c1, v128.and(changeA, isB0)));
    const dB0 = f32x4.mul(g0, v128.xor(c2, v128.and(changeB, isA0)));
    const g1 = v128.load(dy + stride);
    const isA1 = spread(i32x4.shl(a, 1));
    const isB1 = spread(i32x4.shl(b, 1));
    plain = f32x4.add(plain, g1);
    withA = f32x4.add(withA, v128.and(g1, isA1));
    withB = f32x4.add(withB, v128.and(g1, isB1));
    both = f32x4.add(both, v128.and(v128.and(g1, isA1), isB1));
    const dA1 = f32x4.mul(g1, v128.xor(c1, v128.and(changeA, isB1)));
    const dB1 = f32x4.mul(g1, v128.xor(c2, v128.and(changeB, isA1)));
    const g2 = v128.load(dy + 2 * stride);
    const isA2 = spread(i32x4.shl(a, 2));
    const isB2 = spread(i32x4.shl(b, 2));
    plain = f32x4.add(plain, g2);
    withA = f32x4.add(withA, v128.and(g2, isA2));
    withB = f32x4.add(withB, v128.and(g2, isB2));
    both = f32x4.add(both, v128.and(v128.and(g2, isA2), isB2));
    const dA2 = f32x4.mul(g2, v128.xor(c1, v128.and(changeA, isB2)));
    const dB2 = f32x4.mul(g2, v128.xor(c2, v128.and(changeB, isA2)));
    const g3 = v128.load(dy + 3 * stride);
    const isA3 = spread(i32x4.shl(a, 3));
    const isB3 = spread(i32x4.shl(b, 3));
    plain = f32x4.add(plain, g3);
    withA = f32x4.add(withA, v128.and(g3, isA3));
    withB = f32x4.add(withB, v128.and(g3, isB3));
    both = f32x4.add(both, v128.and(v128.and(g3, isA3), isB3));
    const dA3 = f32x4.mul(g3, v128.xor(c1, v128.and(changeA, isB3)));
    const dB3 = f32x4.mul(g3, v128.xor(c2, v128.and(changeB, isA3)));
    storeTransposed(to, 2 * RUN, 4, dA0, dA1, dA2, dA3);
    storeTransposed(to + RUN, 2 * RUN, 4, dB0, dB1, dB2, dB3);
    a = i32x4.shl(a, 4);
    b = i32x4.shl(b, 4);
    dy += stride << 2;
  }
  addSums(sums, left, plain, withA, withB, both);
}

/** Adds to the four sums of each of `left` (1 to 4) units. */
function addSums(sums: usize, left: i32, plain: v128, withA: v128, withB: v128, both: v128): void {
  addTo(sums, column0(plain, withA, withB, both));
  if (left > 1) addTo(sums + 16, column1(plain, withA, withB, both));
  if (left > 2) addTo(sums + 32, column2(plain, withA, withB, both));
  if (left > 3) addTo(sums + 48, column3(plain, withA, withB, both));
}

function addTo(at: usize, lanes: v128): void {
  v128.store(at, f32x4.add(v128.load(at), lanes));
}

/** Adds up the partials of each input in a block. */
function sumPartials(
  partials: usize,
  ends: usize,
  readers: usize,
  tile: usize,
  dx: usize,
  count: i32,
  inputs: i32,
): void {
  for (let input: i32 = 0; input < inputs; input += 16) {
    const left = min(inputs - input, 16);
    const tileEnd = tile + <usize>left * RUN;
    for (let to = tile; to < tileEnd; to += RUN) {
      const end = load<u32>(ends);
      ends += 4;
      let p = f32x4.splat(0);
      let q = f32x4.splat(0);
      for (; readers < end; readers += 4) {
        const run = partials + load<u32>(readers);
        p = f32x4.add(p, v128.load(run));
        q = f32x4.add(q, v128.load(run, 16));
      }
      v128.store(to, p);
      v128.store(to, q, 16);
    }
    const to = dx + ((<usize>input) << 2);
    if (left === 16 && count === ROWS) {
      transposeTileOut(tile, to, (<usize>inputs) << 2);
    } else {
      const vectors = (count + 3) >> 2;
      for (let j: i32 = 0; j < left; j += 4) {
        const from = tile + <usize>j * RUN;
        transposeStripOut(from, to + ((<usize>j) << 2), count, inputs, min(left - j, 4), vectors, RUN, 1);
      }
    }
  }
}

/** Transposes the runs of 16 inputs into rows, one every `stride` bytes. */
function transposeTileOut(tile: usize, to: usize, stride: usize): void {
  for (const end = tile + RUN; tile < end; tile += 16) {
    for (let at: usize = 0; at < 64; at += 16) {
      const from = tile + at * (RUN >> 2);
      const p = v128.load(from);
      const q = v128.load(from, RUN);
      const r = v128.load(from, 2 * RUN);
      const s = v128.load(from, 3 * RUN);
      storeTransposed(to + at, stride, 4, p, q, r, s);
    }
    to += stride << 2;
  }
}
