import {COUNTER_BITS, COUNTERS, header, OUTPUT, SCORES, SUM_TABLE, TEMPERATURE} from '../../assembly/program';
import {addUp} from '../../assembly/sums';

/** Bits of sixteen samples, as bytes of 255 or 0. */
function spread(at: usize): v128 {
  const both = v128.load16_splat(at);
  const mine = i8x16.shuffle(both, both, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const bits = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  return i8x16.eq(v128.and(mine, bits), bits);
}

/** Eight bits of the counters of sixteen samples, from bit `from` on. */
function digits(counters: usize, from: usize, bits: usize): v128 {
  let byte = i8x16.splat(0);
  const end = min(from + 8, bits);
  for (let bit = from; bit < end; bit++) {
    const one = i8x16.splat(<i8>((<i32>1) << (<i32>(bit - from))));
    byte = v128.or(byte, v128.and(spread(counters + (bit << 6)), one));
  }
  return byte;
}

function writeFour(counts: v128, temperature: v128, to: usize, stride: usize): void {
  const scores = f32x4.div(f32x4.convert_i32x4_s(counts), temperature);
  v128.store_lane<f32>(to, scores, 0);
  v128.store_lane<f32>(to + stride, scores, 1);
  v128.store_lane<f32>(to + 2 * stride, scores, 2);
  v128.store_lane<f32>(to + 3 * stride, scores, 3);
}

function writeEight(lower: v128, upper: v128, temperature: v128, to: usize, stride: usize): void {
  const low = i32x4.extend_low_i16x8_u(lower);
  const high = i32x4.extend_high_i16x8_u(lower);
  const up = i32x4.shl(i32x4.extend_low_i16x8_u(upper), 16);
  const upUp = i32x4.shl(i32x4.extend_high_i16x8_u(upper), 16);
  writeFour(v128.or(low, up), temperature, to, stride);
  writeFour(v128.or(high, upUp), temperature, to + 4 * stride, stride);
}

/** Writes the scores of 512 samples: counts divided by the temperature. */
export function writeScores(): void {
  const scores = <usize>header(SCORES);
  const counters = <usize>header(COUNTERS);
  const bits = <usize>header(COUNTER_BITS);
  const temperature = v128.load32_splat(TEMPERATURE << 2);
  let table = <usize>header(SUM_TABLE);
  for (let score: usize = 0; score < scores; score++) {
    table = addUp<v128>(table);
    writeScore(counters, bits, temperature, <usize>header(OUTPUT) + (score << 2), scores << 2);
  }
}

function writeScore(counters: usize, bits: usize, temperature: v128, to: usize, stride: usize): void {
  for (let at = counters; at < counters + 64; at += 2, to += 16 * stride) {
    const first = digits(at, 0, bits);
    const second = digits(at, 8, bits);
    const third = digits(at, 16, bits);
    const low = v128.or(i16x8.extend_low_i8x16_u(first), i16x8.shl(i16x8.extend_low_i8x16_u(second), 8));
    const high = v128.or(i16x8.extend_high_i8x16_u(first), i16x8.shl(i16x8.extend_high_i8x16_u(second), 8));
    writeEight(low, i16x8.extend_low_i8x16_u(third), temperature, to, stride);
    writeEight(high, i16x8.extend_high_i8x16_u(third), temperature, to + 8 * stride, stride);
  }
}
