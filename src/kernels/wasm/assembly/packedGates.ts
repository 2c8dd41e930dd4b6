import {column0, column1, column2, column3, storeUpTo} from './lanes';
import {inputIndex} from './logicGates';

/**
 * Two-input gates on inputs of 0 and 1, which pack into a bit each: a block of 32 rows of 12,000 inputs is 48 KB,
 * so that gathering operands stays in the nearest caches. The sums are those of `logicGates.ts`.
 */

/** The bits of 1 as a float. */
const ONE: i32 = 0x3f800000;

/**
 * Packs x [rows, inputs] into words of 32 rows, the first in the topmost bit, [blocks of rows][inputs].
 *
 * @returns 1, or 0 where a number is neither 0 nor 1: the words are then undefined.
 */
export function packBits(x: usize, words: usize, rows: i32, inputs: i32): i32 {
  const stride = (<usize>inputs) << 2;
  memory.fill(words, 0, <usize>((rows + 31) >> 5) * stride);
  for (let row: i32 = 0; row < rows; row += 4) {
    const r0 = x + <usize>row * stride;
    const r1 = x + <usize>min(row + 1, rows - 1) * stride;
    const r2 = x + <usize>min(row + 2, rows - 1) * stride;
    const r3 = x + <usize>min(row + 3, rows - 1) * stride;
    const to = words + <usize>(row >> 5) * stride;
    const shift = 28 - (row & 31);
    let others = i32x4.splat(0);
    let column: i32 = 0;
    for (; column + 4 <= inputs; column += 4) {
      const at = (<usize>column) << 2;
      const p = v128.load(r0 + at);
      const q = v128.load(r1 + at);
      const r = v128.load(r2 + at);
      const s = v128.load(r3 + at);
      const isP = i32x4.eq(p, i32x4.splat(ONE));
      const isQ = i32x4.eq(q, i32x4.splat(ONE));
      const isR = i32x4.eq(r, i32x4.splat(ONE));
      const isS = i32x4.eq(s, i32x4.splat(ONE));
      // Where a number is not 1, no bit of it may be set.
      others = v128.or(others, v128.or(v128.andnot(p, isP), v128.andnot(q, isQ)));
      others = v128.or(others, v128.or(v128.andnot(r, isR), v128.andnot(s, isS)));
      // A row that is 1 counts -1 there.
      const pq = i32x4.add(i32x4.add(isP, isP), isQ);
      const rs = i32x4.add(i32x4.add(isR, isR), isS);
      const bits = i32x4.add(i32x4.shl(pq, 2), rs);
      v128.store(to + at, i32x4.sub(v128.load(to + at), i32x4.shl(bits, shift)));
    }
    for (; column < inputs; column++) {
      const at = (<usize>column) << 2;
      const p = load<i32>(r0 + at);
      const q = load<i32>(r1 + at);
      const r = load<i32>(r2 + at);
      const s = load<i32>(r3 + at);
      if (!(isBit(p) && isBit(q) && isBit(r) && isBit(s))) return 0;
      const bits = (i32(p !== 0) << 3) | (i32(q !== 0) << 2) | (i32(r !== 0) << 1) | i32(s !== 0);
      store<i32>(to + at, load<i32>(to + at) | (bits << shift));
    }
    if (v128.any_true(others)) return 0;
  }
  return 1;
}

/** Whether these are the bits of 0 or 1 as a float. */
function isBit(float: i32): bool {
  return float === 0 || float === ONE;
}

/** 1 where each of `units` gates outputs 0 or 1 in all four rows of its truth table, else 0. */
export function answerBits(coefficients: usize, units: i32): i32 {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  for (let unit: i32 = 0; unit < units; unit++) {
    const c = v128.load(coefficients + ((<usize>unit) << 4));
    // [c0, c0 + c1, c0 + c2, c0 + c2 + (c1 + c3)]
    const with1 = v128.shuffle<f32>(c, zero, 4, 1, 4, 1);
    const with3 = v128.shuffle<f32>(c, zero, 4, 4, 4, 3);
    const base = f32x4.add(v128.shuffle<f32>(c, c, 0, 0, 0, 0), v128.shuffle<f32>(c, zero, 4, 4, 2, 2));
    const answers = f32x4.add(base, f32x4.add(with1, with3));
    if (!i32x4.all_true(v128.or(f32x4.eq(answers, zero), f32x4.eq(answers, one)))) return 0;
  }
  return 1;
}

/**
 * `evaluateGates` on words of bits, for gates that output 0 or 1: 32 rows of four units at a time.
 *
 * @param yWords Gets y in words, too, as `packBits` packs it; only the last block of it where `yStep` is 0.
 * @param yStep Bytes from one block of `yWords` to the next.
 */
export function evaluateGatesOnBits(
  words: usize,
  coefficients: usize,
  connections: usize,
  y: usize,
  yWords: usize,
  yStep: usize,
  rows: i32,
  inputs: i32,
  units: i32,
): void {
  const one = f32x4.splat(1);
  for (let row: i32 = 0; row < rows; row += 32) {
    const block = words + ((<usize>(row >> 5) * inputs) << 2);
    for (let unit: i32 = 0; unit < units; unit += 4) {
      const left = min(units - unit, 4);
      const u1 = unit + min(1, left - 1);
      const u2 = unit + min(2, left - 1);
      const u3 = unit + min(3, left - 1);
      const a = operands(block, connections, 2 * unit, left);
      const b = operands(block, connections, 2 * unit + 1, left);
      const p = v128.load(coefficients + ((<usize>unit) << 4));
      const q = v128.load(coefficients + ((<usize>u1) << 4));
      const r = v128.load(coefficients + ((<usize>u2) << 4));
      const s = v128.load(coefficients + ((<usize>u3) << 4));
      const c0 = column0(p, q, r, s);
      const c1 = column1(p, q, r, s);
      const c2 = column2(p, q, r, s);
      const c3 = column3(p, q, r, s);
      const at01 = f32x4.add(c0, c2);
      const at10 = f32x4.add(c0, c1);
      const at11 = f32x4.add(at01, f32x4.add(c1, c3));
      const is00 = f32x4.eq(c0, one);
      const is01 = f32x4.eq(at01, one);
      const is10 = f32x4.eq(at10, one);
      const is11 = f32x4.eq(at11, one);
      const answer = v128.bitselect(v128.bitselect(is11, is10, b), v128.bitselect(is01, is00, b), a);
      storeUpTo(yWords + ((<usize>unit) << 2), left, answer);
    }
    const end = min(row + 32, rows);
    for (let r = row; r < end; r += 4) unpackRows(yWords, y, r, end - 1, units);
    yWords += yStep;
  }
}

/** Writes four rows of y, from `row` on but none beyond `last`, out of the units' words. */
function unpackRows(words: usize, y: usize, row: i32, last: i32, units: i32): void {
  const one = f32x4.splat(1);
  const second = min(row + 1, last);
  const third = min(row + 2, last);
  const fourth = min(row + 3, last);
  const stride = (<usize>units) << 2;
  const y0 = y + <usize>row * stride;
  const y1 = y + <usize>second * stride;
  const y2 = y + <usize>third * stride;
  const y3 = y + <usize>fourth * stride;
  const bit0 = bitOf(row);
  const bit1 = bitOf(second);
  const bit2 = bitOf(third);
  const bit3 = bitOf(fourth);
  let unit: i32 = 0;
  for (; unit + 4 <= units; unit += 4) {
    const at = (<usize>unit) << 2;
    const word = v128.load(words + at);
    v128.store(y0 + at, v128.and(i32x4.eq(v128.and(word, bit0), bit0), one));
    v128.store(y1 + at, v128.and(i32x4.eq(v128.and(word, bit1), bit1), one));
    v128.store(y2 + at, v128.and(i32x4.eq(v128.and(word, bit2), bit2), one));
    v128.store(y3 + at, v128.and(i32x4.eq(v128.and(word, bit3), bit3), one));
  }
  for (; unit < units; unit++) {
    const at = (<usize>unit) << 2;
    const word = load<u32>(words + at);
    store<f32>(y0 + at, <f32>((word >> (31 - (row & 31))) & 1));
    store<f32>(y1 + at, <f32>((word >> (31 - (second & 31))) & 1));
    store<f32>(y2 + at, <f32>((word >> (31 - (third & 31))) & 1));
    store<f32>(y3 + at, <f32>((word >> (31 - (fourth & 31))) & 1));
  }
}

/** A row's bit of its word, in all lanes. */
function bitOf(row: i32): v128 {
  return i32x4.splat(1 << (31 - (row & 31)));
}

/** The words of one operand of `left` (1 to 4) units, `index` the first one's connection. */
export function operands(block: usize, connections: usize, index: i32, left: i32): v128 {
  let words = v128.load32_zero(wordAt(block, connections, index));
  if (left > 1) words = v128.load_lane<u32>(wordAt(block, connections, index + 2), words, 1);
  if (left > 2) words = v128.load_lane<u32>(wordAt(block, connections, index + 4), words, 2);
  if (left > 3) words = v128.load_lane<u32>(wordAt(block, connections, index + 6), words, 3);
  return words;
}

/** Address of the word of the input that connection `index` names. */
function wordAt(block: usize, connections: usize, index: i32): usize {
  return block + (inputIndex(connections, index) << 2);
}
