import {
  FEATURES,
  header,
  INPUT,
  LOG_BYTES,
  NUMBERS,
  PLANE_TABLE,
  PLANES,
  THRESHOLDS,
  VALUES,
} from '../../assembly/program';

/** Sixteen bits of a sample each, from bytes: 255 where the feature is at least the threshold. */
function bitsOfBytes(row: usize, thresholds: v128): v128 {
  return i8x16.ge_u(v128.load(row), thresholds);
}

/** One sample after the other becomes a bit of each byte, the first in the lowest. */
function eightOfBytes(row: usize, stride: usize, thresholds: v128): v128 {
  let bits = i8x16.neg(bitsOfBytes(row + 7 * stride, thresholds));
  for (let sample: i32 = 6; sample >= 0; sample--) {
    bits = i8x16.sub(i8x16.add(bits, bits), bitsOfBytes(row + <usize>sample * stride, thresholds));
  }
  return bits;
}

function bitsOfFloats(row: usize, t0: v128, t1: v128, t2: v128, t3: v128): v128 {
  const low = i16x8.narrow_i32x4_s(f32x4.gt(v128.load(row), t0), f32x4.gt(v128.load(row, 16), t1));
  const high = i16x8.narrow_i32x4_s(f32x4.gt(v128.load(row, 32), t2), f32x4.gt(v128.load(row, 48), t3));
  return i8x16.narrow_i16x8_s(low, high);
}

function eightOfFloats(row: usize, stride: usize, t0: v128, t1: v128, t2: v128, t3: v128): v128 {
  let bits = i8x16.neg(bitsOfFloats(row + 7 * stride, t0, t1, t2, t3));
  for (let sample: i32 = 6; sample >= 0; sample--) {
    const next = bitsOfFloats(row + <usize>sample * stride, t0, t1, t2, t3);
    bits = i8x16.sub(i8x16.add(bits, bits), next);
  }
  return bits;
}

/** Sums of eight samples' features: NaN where one of them is, and hardly ever else. */
function sumOfEight(row: usize, stride: usize): v128 {
  let sum = f32x4.splat(0);
  for (let sample: i32 = 0; sample < 8; sample++, row += stride) {
    const left = f32x4.add(v128.load(row), v128.load(row, 16));
    sum = f32x4.add(sum, f32x4.add(left, f32x4.add(v128.load(row, 32), v128.load(row, 48))));
  }
  return sum;
}

/** Whether a feature is NaN among those that have a bit: the others' thresholds are NaN. */
function hasNaN(row: usize, stride: usize, plane: usize, samples: usize): bool {
  let found = i32x4.splat(0);
  for (let sample: usize = 0; sample < samples; sample++, row += stride) {
    for (let quarter: usize = 0; quarter < 64; quarter += 16) {
      const x = v128.load(row + quarter);
      const threshold = v128.load(plane + quarter, THRESHOLDS);
      found = v128.or(found, v128.and(f32x4.ne(x, x), f32x4.eq(threshold, threshold)));
    }
  }
  return v128.any_true(found);
}

/** Transposes sixteen rows of sixteen bytes, in place. */
function transpose(at: usize): void {
  let a0 = v128.load(at);
  let a1 = v128.load(at, 16);
  let a2 = v128.load(at, 32);
  let a3 = v128.load(at, 48);
  let a4 = v128.load(at, 64);
  let a5 = v128.load(at, 80);
  let a6 = v128.load(at, 96);
  let a7 = v128.load(at, 112);
  let a8 = v128.load(at, 128);
  let a9 = v128.load(at, 144);
  let aa = v128.load(at, 160);
  let ab = v128.load(at, 176);
  let ac = v128.load(at, 192);
  let ad = v128.load(at, 208);
  let ae = v128.load(at, 224);
  let af = v128.load(at, 240);
  // Four times the rows i and i + 8 are interleaved: each round turns the number of a byte by one bit.
  for (let round: i32 = 0; round < 4; round++) {
    const b0 = low(a0, a8);
    const b1 = high(a0, a8);
    const b2 = low(a1, a9);
    const b3 = high(a1, a9);
    const b4 = low(a2, aa);
    const b5 = high(a2, aa);
    const b6 = low(a3, ab);
    const b7 = high(a3, ab);
    const b8 = low(a4, ac);
    const b9 = high(a4, ac);
    const ba = low(a5, ad);
    const bb = high(a5, ad);
    const bc = low(a6, ae);
    const bd = high(a6, ae);
    const be = low(a7, af);
    const bf = high(a7, af);
    a0 = b0;
    a1 = b1;
    a2 = b2;
    a3 = b3;
    a4 = b4;
    a5 = b5;
    a6 = b6;
    a7 = b7;
    a8 = b8;
    a9 = b9;
    aa = ba;
    ab = bb;
    ac = bc;
    ad = bd;
    ae = be;
    af = bf;
  }
  v128.store(at, a0);
  v128.store(at, a1, 16);
  v128.store(at, a2, 32);
  v128.store(at, a3, 48);
  v128.store(at, a4, 64);
  v128.store(at, a5, 80);
  v128.store(at, a6, 96);
  v128.store(at, a7, 112);
  v128.store(at, a8, 128);
  v128.store(at, a9, 144);
  v128.store(at, aa, 160);
  v128.store(at, ab, 176);
  v128.store(at, ac, 192);
  v128.store(at, ad, 208);
  v128.store(at, ae, 224);
  v128.store(at, af, 240);
}

function low(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

function high(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Writes sixteen transposed rows as word `word` of the plane's values. */
function scatter(from: usize, numbers: usize, to: usize): void {
  for (let lane: usize = 0; lane < 16; lane++) {
    v128.store(to + ((<usize>load<i32>(numbers + (lane << 2))) << LOG_BYTES), v128.load(from + (lane << 4)));
  }
}

/** Packs bytes. @param words How many words of 128 samples there are. */
export function packBytes(words: usize, scratch: usize): void {
  const stride = <usize>header(FEATURES);
  const values = <usize>header(VALUES);
  let plane = <usize>header(PLANE_TABLE);
  for (let left = header(PLANES); left > 0; left--, plane += THRESHOLDS + 16) {
    const thresholds = v128.load(plane, THRESHOLDS);
    let row = <usize>header(INPUT) + <usize>load<i32>(plane);
    for (let word: usize = 0; word < words; word++) {
      for (let group: usize = 0; group < 16; group++, row += stride << 3) {
        v128.store(scratch + (group << 4), eightOfBytes(row, stride, thresholds));
      }
      transpose(scratch);
      scatter(scratch, plane + NUMBERS, values + (word << 4));
    }
  }
}

/** Packs numbers. @returns Whether one of the features that have a bit is NaN. */
export function packFloats(words: usize, scratch: usize): bool {
  const stride = (<usize>header(FEATURES)) << 2;
  const values = <usize>header(VALUES);
  let plane = <usize>header(PLANE_TABLE);
  for (let left = header(PLANES); left > 0; left--, plane += THRESHOLDS + 64) {
    const t0 = v128.load(plane, THRESHOLDS);
    const t1 = v128.load(plane, THRESHOLDS + 16);
    const t2 = v128.load(plane, THRESHOLDS + 32);
    const t3 = v128.load(plane, THRESHOLDS + 48);
    const first = <usize>header(INPUT) + ((<usize>load<i32>(plane)) << 2);
    let row = first;
    let sum = f32x4.splat(0);
    for (let word: usize = 0; word < words; word++) {
      for (let group: usize = 0; group < 16; group++, row += stride << 3) {
        sum = f32x4.add(sum, sumOfEight(row, stride));
        v128.store(scratch + (group << 4), eightOfFloats(row, stride, t0, t1, t2, t3));
      }
      transpose(scratch);
      scatter(scratch, plane + NUMBERS, values + (word << 4));
    }
    if (v128.any_true(f32x4.ne(sum, sum)) && hasNaN(first, stride, plane, words << 7)) return true;
  }
  return false;
}
