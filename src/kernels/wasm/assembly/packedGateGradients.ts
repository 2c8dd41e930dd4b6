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
import {inputIndex} from './logicGates';
import {operands} from './packedGates';

/**
 * Gradients of gates that output 0 or 1 for inputs of 0 and 1, over the words of `packedGates.ts`.
 *
 * One walk over each block of eight rows, four units at a time and one unit per lane, adds up the sums and then, few units later, adds
 * both operands' partial derivatives to dx. Meanwhile dx is a run of eight neighbouring rows per input, so that its random accesses
 * are whole vectors; afterwards it is transposed to rows. All else that a walk needs of four units lies together, in a record.
 *
 * The walk reads a few floats of one row after another, an order that processors do not prefetch. So the rows of dy are read once
 * in their order before.
 */

/** Rows of a block. */
const ROWS: i32 = 8;

/** Bytes of a run: of a block's rows of one input. */
const RUN: usize = 32;

/** Bytes of a tile: of four units in a block. */
const TILE: usize = 128;

/**
 * A record: the addresses of eight runs of dx (a and b of each unit), the words of a, those of b, what the partial derivatives
 * need, and the four sums, one unit per lane.
 */
const WORDS_A: usize = 32;
const WORDS_B: usize = 48;
const SLOPE_A: usize = 64;
const SLOPE_B: usize = 80;
const CHANGE_A: usize = 96;
const CHANGE_B: usize = 112;
const SUMS: usize = 128;
const RECORD: usize = 192;

/** Bytes of the four absolute sums of four units. */
const FOUR_SUMS: usize = 64;

/** Records whose part of a block, 5 KB, stays in the nearest cache. */
const FEW: usize = 16;

/**
 * Both gradients of `evaluateGates`, as `gateGradients` of `logicGates.ts`.
 *
 * @param dx May be 0: then it is left out.
 * @param absoluteSums [units, 4], the sums of |dy|, |dy| a, |dy| b and |dy| ab, or 0 if they are not wanted.
 * @param scratch A tile; where there is a dx, a run for each input and one more; a record for every four units; and where
 *   absolute sums are wanted, 16 floats for every four units.
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
  const runs = scratch + TILE;
  const records = dx ? runs + (<usize>inputs + 1) * RUN : runs;
  const end = records + <usize>((units + 3) >> 2) * RECORD;
  if (dx) {
    memory.fill(runs, 0, (<usize>inputs + 1) * RUN);
    prepareRunsAndSlopes(records, coefficients, connections, runs, inputs, units, factor);
  }
  for (let at = records; at < end; at += RECORD) clearSums(at + SUMS);
  if (absoluteSums) memory.fill(end, 0, <usize>((units + 3) >> 2) * FOUR_SUMS);
  const stride = (<usize>units) << 2;
  for (let row: i32 = 0; row < rows; row += ROWS) {
    const count = min(rows - row, ROWS);
    if ((row & 31) === 0) {
      storeWords(records, words + ((<usize>(row >> 5) * inputs) << 2), connections, units);
    }
    const from = dy + <usize>row * stride;
    bringNear(from, <usize>count * stride, scratch);
    // Fewer than four units, and rows that are not a multiple of four, are copied to a tile and filled up with zeros.
    const whole = (count & 3) === 0 ? units & ~3 : 0;
    const absolute = absoluteSums ? end : 0;
    const rest = records + <usize>(whole >> 2) * RECORD;
    walk(records, rest, absolute, from, stride, row, count, dx !== 0);
    for (let unit = whole; unit < units; unit += 4) {
      const skipped = <usize>(unit >> 2);
      const at = records + skipped * RECORD;
      fillTile(scratch, from + ((<usize>unit) << 2), stride, count, min(units - unit, 4));
      const absoluteAt = absoluteSums ? end + skipped * FOUR_SUMS : 0;
      walk(at, at + RECORD, absoluteAt, scratch, 16, row, count, dx !== 0);
    }
    if (dx) moveRuns(runs, dx + ((<usize>row * inputs) << 2), count, inputs);
  }
  storeSums(records + SUMS, RECORD, sums, units);
  if (absoluteSums) storeSums(end, FOUR_SUMS, absoluteSums, units);
}

/** Writes to the records the addresses of dx's runs, and what the partial derivatives need. */
function prepareRunsAndSlopes(
  records: usize,
  coefficients: usize,
  connections: usize,
  runs: usize,
  inputs: i32,
  units: i32,
  factor: f32,
): void {
  const scale = f32x4.splat(factor);
  const unused = runs + <usize>inputs * RUN;
  let at = records;
  for (let unit: i32 = 0; unit < units; unit += 4) {
    const left = min(units - unit, 4);
    for (let i: i32 = 0; i < 8; i++) {
      const run = i < 2 * left ? runs + inputIndex(connections, 2 * unit + i) * RUN : unused;
      store<u32>(at + ((<usize>i) << 2), <u32>run);
    }
    const from = coefficients + ((<usize>unit) << 4);
    const p = f32x4.mul(v128.load(from), scale);
    const q = left > 1 ? f32x4.mul(v128.load(from, 16), scale) : scale;
    const r = left > 2 ? f32x4.mul(v128.load(from, 32), scale) : scale;
    const s = left > 3 ? f32x4.mul(v128.load(from, 48), scale) : scale;
    const c1 = column1(p, q, r, s);
    const c2 = column2(p, q, r, s);
    const c3 = column3(p, q, r, s);
    // A derivative by one operand is c1 or c2 where the other one is 0; these are the bits that change where it is 1.
    v128.store(at, c1, SLOPE_A);
    v128.store(at, c2, SLOPE_B);
    v128.store(at, v128.xor(c1, f32x4.add(c1, c3)), CHANGE_A);
    v128.store(at, v128.xor(c2, f32x4.add(c2, c3)), CHANGE_B);
    at += RECORD;
  }
}

/** Writes the operands' words of 32 rows to the records. */
function storeWords(records: usize, block: usize, connections: usize, units: i32): void {
  let at = records;
  for (let unit: i32 = 0; unit < units; unit += 4) {
    const left = min(units - unit, 4);
    v128.store(at, operands(block, connections, 2 * unit, left), WORDS_A);
    v128.store(at, operands(block, connections, 2 * unit + 1, left), WORDS_B);
    at += RECORD;
  }
}

/** Reads each cache line. What it makes of them stands at `to`, lest a compiler leave it out. */
function bringNear(from: usize, bytes: usize, to: usize): void {
  let seen = i32x4.splat(0);
  for (const end = from + bytes; from + 16 <= end; from += 64) seen = v128.or(seen, v128.load(from));
  v128.store(to, seen);
}

/** Clears the sums of four units. `memory.fill` would be a call out of the module each time. */
function clearSums(at: usize): void {
  const zero = f32x4.splat(0);
  v128.store(at, zero);
  v128.store(at, zero, 16);
  v128.store(at, zero, 32);
  v128.store(at, zero, 48);
}

/** Copies `count` rows of `left` (1 to 4) units, and fills up with zeros. */
function fillTile(tile: usize, from: usize, stride: usize, count: i32, left: i32): void {
  memory.fill(tile, 0, TILE);
  for (let row: i32 = 0; row < count; row++) {
    storeUpTo(tile + ((<usize>row) << 4), left, loadUpTo(from + <usize>row * stride, left, 0));
  }
}

/** All ones where a word's topmost bit is 1, else zeros. */
function spread(words: v128): v128 {
  return i32x4.lt_s(words, i32x4.splat(0));
}

/**
 * A block of the units of some records. What the sums have read is still in the nearest cache for the partial derivatives.
 *
 * @param absolute Their absolute sums, or 0.
 * @param dy The first one's gradient in row `row`; the next row is `stride` bytes further.
 * @param intoRuns Whether dx is wanted.
 */
function walk(
  records: usize,
  end: usize,
  absolute: usize,
  dy: usize,
  stride: usize,
  row: i32,
  count: i32,
  intoRuns: bool,
): void {
  const shift = row & 24;
  const fours = (count + 3) >> 2;
  while (records < end) {
    const stop = min(records + FEW * RECORD, end);
    if (absolute) {
      addProducts<bool>(records, stop, absolute, dy, stride, shift, fours);
      absolute += FEW * FOUR_SUMS;
    } else {
      addProducts<i32>(records, stop, 0, dy, stride, shift, fours);
    }
    if (intoRuns) addPartials(records, stop, dy, stride, shift, fours);
    dy += FEW * 16;
    records = stop;
  }
}

/** Adds up the sums of four units at a time, over `fours` times four rows; with `bool` for `Watched` the absolute sums, too. */
function addProducts<Watched>(
  record: usize,
  end: usize,
  absolute: usize,
  begin: usize,
  stride: usize,
  shift: i32,
  fours: i32,
): void {
  for (; record < end; record += RECORD) {
    let a = i32x4.shl(v128.load(record, WORDS_A), shift);
    let b = i32x4.shl(v128.load(record, WORDS_B), shift);
    let plain = f32x4.splat(0);
    let withA = f32x4.splat(0);
    let withB = f32x4.splat(0);
    let both = f32x4.splat(0);
    let absPlain = f32x4.splat(0);
    let absWithA = f32x4.splat(0);
    let absWithB = f32x4.splat(0);
    let absBoth = f32x4.splat(0);
    let dy = begin;
    for (let row = fours << 2; row > 0; row--) {
      const g = v128.load(dy);
      const isA = spread(a);
      const isB = spread(b);
      const gA = v128.and(g, isA);
      plain = f32x4.add(plain, g);
      withA = f32x4.add(withA, gA);
      withB = f32x4.add(withB, v128.and(g, isB));
      both = f32x4.add(both, v128.and(gA, isB));
      if (isBoolean<Watched>()) {
        const size = f32x4.abs(g);
        const sizeA = v128.and(size, isA);
        absPlain = f32x4.add(absPlain, size);
        absWithA = f32x4.add(absWithA, sizeA);
        absWithB = f32x4.add(absWithB, v128.and(size, isB));
        absBoth = f32x4.add(absBoth, v128.and(sizeA, isB));
      }
      a = i32x4.add(a, a);
      b = i32x4.add(b, b);
      dy += stride;
    }
    addFour(record + SUMS, plain, withA, withB, both);
    if (isBoolean<Watched>()) {
      addFour(absolute, absPlain, absWithA, absWithB, absBoth);
      absolute += FOUR_SUMS;
    }
    begin += 16;
  }
}

/** Adds the partial derivatives of four units at a time, over `fours` times four rows, to dx's runs. */
function addPartials(record: usize, end: usize, begin: usize, stride: usize, shift: i32, fours: i32): void {
  for (; record < end; record += RECORD) {
    let a = i32x4.shl(v128.load(record, WORDS_A), shift);
    let b = i32x4.shl(v128.load(record, WORDS_B), shift);
    const slopeA = v128.load(record, SLOPE_A);
    const slopeB = v128.load(record, SLOPE_B);
    const changeA = v128.load(record, CHANGE_A);
    const changeB = v128.load(record, CHANGE_B);
    let dy = begin;
    for (let at: usize = 0, stop = (<usize>fours) << 4; at < stop; at += 16) {
      const g0 = v128.load(dy);
      const isA0 = spread(a);
      const isB0 = spread(b);
      const dA0 = f32x4.mul(g0, v128.xor(slopeA, v128.and(changeA, isB0)));
      const dB0 = f32x4.mul(g0, v128.xor(slopeB, v128.and(changeB, isA0)));
      const g1 = v128.load(dy + stride);
      const a1 = i32x4.add(a, a);
      const b1 = i32x4.add(b, b);
      const isA1 = spread(a1);
      const isB1 = spread(b1);
      const dA1 = f32x4.mul(g1, v128.xor(slopeA, v128.and(changeA, isB1)));
      const dB1 = f32x4.mul(g1, v128.xor(slopeB, v128.and(changeB, isA1)));
      const g2 = v128.load(dy + 2 * stride);
      const a2 = i32x4.add(a1, a1);
      const b2 = i32x4.add(b1, b1);
      const isA2 = spread(a2);
      const isB2 = spread(b2);
      const dA2 = f32x4.mul(g2, v128.xor(slopeA, v128.and(changeA, isB2)));
      const dB2 = f32x4.mul(g2, v128.xor(slopeB, v128.and(changeB, isA2)));
      const g3 = v128.load(dy + 3 * stride);
      const a3 = i32x4.add(a2, a2);
      const b3 = i32x4.add(b2, b2);
      const isA3 = spread(a3);
      const isB3 = spread(b3);
      const dA3 = f32x4.mul(g3, v128.xor(slopeA, v128.and(changeA, isB3)));
      const dB3 = f32x4.mul(g3, v128.xor(slopeB, v128.and(changeB, isA3)));
      // In the order of units, a before b: inputs may repeat.
      addTo(load<u32>(record) + at, column0(dA0, dA1, dA2, dA3));
      addTo(load<u32>(record, 4) + at, column0(dB0, dB1, dB2, dB3));
      addTo(load<u32>(record, 8) + at, column1(dA0, dA1, dA2, dA3));
      addTo(load<u32>(record, 12) + at, column1(dB0, dB1, dB2, dB3));
      addTo(load<u32>(record, 16) + at, column2(dA0, dA1, dA2, dA3));
      addTo(load<u32>(record, 20) + at, column2(dB0, dB1, dB2, dB3));
      addTo(load<u32>(record, 24) + at, column3(dA0, dA1, dA2, dA3));
      addTo(load<u32>(record, 28) + at, column3(dB0, dB1, dB2, dB3));
      a = i32x4.add(a3, a3);
      b = i32x4.add(b3, b3);
      dy += stride << 2;
    }
    begin += 16;
  }
}

function addFour(at: usize, p: v128, q: v128, r: v128, s: v128): void {
  addTo(at, p);
  addTo(at + 16, q);
  addTo(at + 32, r);
  addTo(at + 48, s);
}

function addTo(at: usize, lanes: v128): void {
  v128.store(at, f32x4.add(v128.load(at), lanes));
}

/** Transposes four vectors of sums, one unit per lane and `step` bytes from one to the next four units, to [units, 4]. */
function storeSums(from: usize, step: usize, sums: usize, units: i32): void {
  for (let unit: i32 = 0; unit < units; unit += 4) {
    const p = v128.load(from);
    const q = v128.load(from, 16);
    const r = v128.load(from, 32);
    const s = v128.load(from, 48);
    storeTransposed(sums + ((<usize>unit) << 4), 16, min(units - unit, 4), p, q, r, s);
    from += step;
  }
}

/** Transposes dx's runs into `count` rows, and clears them. */
function moveRuns(runs: usize, dx: usize, count: i32, inputs: i32): void {
  const vectors = (count + 3) >> 2;
  const whole = (count & 3) === 0 ? inputs & ~15 : 0;
  for (let input: i32 = 0; input < whole; input += 16) {
    moveTile(runs + <usize>input * RUN, dx + ((<usize>input) << 2), (<usize>inputs) << 2, vectors);
  }
  for (let input = whole; input < inputs; input += 4) {
    const left = min(inputs - input, 4);
    const from = runs + <usize>input * RUN;
    transposeStripOut(from, dx + ((<usize>input) << 2), count, inputs, left, vectors, RUN, 1);
    memory.fill(from, 0, <usize>left * RUN);
  }
}

/** Moves the runs of 16 inputs: whole cache lines of each row. */
function moveTile(runs: usize, to: usize, stride: usize, vectors: i32): void {
  const zero = f32x4.splat(0);
  for (const end = runs + ((<usize>vectors) << 4); runs < end; runs += 16) {
    for (let at: usize = 0; at < 64; at += 16) {
      const from = runs + at * (RUN >> 2);
      const p = v128.load(from);
      const q = v128.load(from, RUN);
      const r = v128.load(from, 2 * RUN);
      const s = v128.load(from, 3 * RUN);
      v128.store(from, zero);
      v128.store(from, zero, RUN);
      v128.store(from, zero, 2 * RUN);
      v128.store(from, zero, 3 * RUN);
      storeTransposed(to + at, stride, 4, p, q, r, s);
    }
    to += stride << 2;
  }
}
