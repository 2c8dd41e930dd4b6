import {expSixtyFour} from './exp';
import {loadUpTo, storeTransposed, storeUpTo} from './lanes';
import {fillUniform} from './pcg4d';

/**
 * From gate logits [units, 16] to the sampled gates' coefficients [units, 4], and their gradient back.
 *
 * Four units at a time, one unit per lane: what has to run from the first gate to the last then runs over vectors. The
 * weights of four units are kept in scratch memory, 64 floats, one vector per gate, and 64 more serve to compute them.
 */
const WEIGHTS: usize = 256;

/**
 * `src/kernels/loops/sampledCoefficients.ts`.
 *
 * The uniforms, one per unit, wait in the last fourth of `out`, which is written from the first unit to the last.
 */
export function sampleGates(
  logits: usize,
  out: usize,
  units: i32,
  temperature: f32,
  weights: usize,
  seed: i32,
  stream: i32,
  step: i32,
): void {
  const uniforms = out + <usize>units * 12;
  fillUniform(uniforms, units, seed, stream, step);
  for (let unit: i32 = 0; unit < units; unit += 4) {
    const left = min(units - unit, 4);
    storeWeights(logits + ((<usize>unit) << 6), weights, left, temperature);
    let total = f32x4.splat(0);
    for (let at = weights; at < weights + WEIGHTS; at += 16) {
      total = f32x4.add(total, v128.load(at));
      v128.store(at, total);
    }
    const point = f32x4.mul(loadUpTo(uniforms + ((<usize>unit) << 2), left, 0), total);
    let gates = i32x4.splat(0);
    for (let at = weights; at < weights + WEIGHTS; at += 16) {
      gates = i32x4.sub(gates, f32x4.le(v128.load(at), point));
    }
    const zeroOrNaN = f32x4.sub(total, total);
    const at00 = f32x4.add(answer(gates, 3), zeroOrNaN);
    const c1 = f32x4.sub(answer(gates, 1), at00);
    const c2 = f32x4.sub(answer(gates, 2), at00);
    const c3 = f32x4.sub(f32x4.sub(answer(gates, 0), at00), f32x4.add(c1, c2));
    storeTransposed(out + ((<usize>unit) << 4), 16, left, at00, c1, c2, c3);
  }
}

/** A bit of the gates' numbers, as 0 or 1. */
function answer(gates: v128, bit: i32): v128 {
  return f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(gates, bit), i32x4.splat(1)));
}

/** exp((logit - the unit's largest) / temperature) of `left` (1 to 4) units. */
function storeWeights(logits: usize, weights: usize, left: i32, temperature: f32): void {
  const second = logits + (left > 1 ? 64 : 0);
  const third = logits + (left > 2 ? 128 : 0);
  const fourth = logits + (left > 3 ? 192 : 0);
  let top = f32x4.splat(-Infinity);
  for (let gate: usize = 0; gate < 64; gate += 16) {
    const to = weights + (gate << 2);
    const p = v128.load(logits + gate);
    const q = v128.load(second + gate);
    const r = v128.load(third + gate);
    const s = v128.load(fourth + gate);
    storeTransposed(to, 16, 4, p, q, r, s);
    const first = f32x4.pmax(v128.load(to), v128.load(to, 16));
    const last = f32x4.pmax(v128.load(to, 32), v128.load(to, 48));
    top = f32x4.pmax(top, f32x4.pmax(first, last));
  }
  const divisor = f32x4.splat(temperature);
  for (let at = weights; at < weights + WEIGHTS; at += 16) {
    v128.store(at, f32x4.div(f32x4.sub(v128.load(at), top), divisor));
  }
  expSixtyFour(weights, weights + WEIGHTS);
}

/**
 * dL/dlogits [units, 16] by the Jacobian of softmax(logits / t), given dL/dcoefficients.
 *
 * Let D_r be dL/d(a unit's output in row r of its truth table), and P_r and Q_r the probabilities that it is 1 and 0. Then dL/dlogit_g is
 * p_g / t times the sum over rows of D_r Q_r where gate g outputs 1, of -D_r P_r where it outputs 0: nothing large
 * cancels, however peaked the distribution.
 *
 * @param sums dL/dcoefficients, [units, 4].
 * @param absoluteSums [units, 4], the sums of |dy|, |dy| a, |dy| b and |dy| ab that `sums` has without magnitudes; or 0.
 * @param magnitude With absoluteSums: [units], each sample's |dL/dlogit| by itself, summed, mean over the sixteen logits. It is
 *   2 P_r Q_r / (16 t) of the absolute sum in each row.
 */
export function gateLogitsGradient(
  sums: usize,
  logits: usize,
  out: usize,
  units: i32,
  temperature: f32,
  weights: usize,
  absoluteSums: usize,
  magnitude: usize,
): void {
  const w = weights;
  const divisor = f32x4.splat(temperature);
  for (let unit: i32 = 0; unit < units; unit += 4) {
    const left = min(units - unit, 4);
    const from = (<usize>unit) << 4;
    storeWeights(logits + (from << 2), w, left, temperature);
    // The weights by the outputs at 00 and 01, then by those at 10 and 11.
    const first0 = sumFour(w, 16);
    const first1 = sumFour(w + 64, 16);
    const first2 = sumFour(w + 128, 16);
    const first3 = sumFour(w + 192, 16);
    const inverse = f32x4.div(
      f32x4.splat(1),
      f32x4.add(f32x4.add(first0, first1), f32x4.add(first2, first3)),
    );
    const p00 = f32x4.mul(f32x4.add(first2, first3), inverse);
    const q00 = f32x4.mul(f32x4.add(first0, first1), inverse);
    const p01 = f32x4.mul(f32x4.add(first1, first3), inverse);
    const q01 = f32x4.mul(f32x4.add(first0, first2), inverse);
    const last0 = sumFour(w, 64);
    const last1 = sumFour(w + 16, 64);
    const last2 = sumFour(w + 32, 64);
    const last3 = sumFour(w + 48, 64);
    const p10 = f32x4.mul(f32x4.add(last2, last3), inverse);
    const q10 = f32x4.mul(f32x4.add(last0, last1), inverse);
    const p11 = f32x4.mul(f32x4.add(last1, last3), inverse);
    const q11 = f32x4.mul(f32x4.add(last0, last2), inverse);
    if (absoluteSums) {
      storeTruthTableRows(absoluteSums + from, w + WEIGHTS, left);
      let sum = f32x4.mul(f32x4.mul(p00, q00), v128.load(w + WEIGHTS));
      sum = f32x4.add(sum, f32x4.mul(f32x4.mul(p01, q01), v128.load(w + WEIGHTS, 16)));
      sum = f32x4.add(sum, f32x4.mul(f32x4.mul(p10, q10), v128.load(w + WEIGHTS, 32)));
      sum = f32x4.add(sum, f32x4.mul(f32x4.mul(p11, q11), v128.load(w + WEIGHTS, 48)));
      storeUpTo(magnitude + (from >> 2), left, f32x4.mul(sum, f32x4.splat(<f32>0.125 / temperature)));
    }
    storeTruthTableRows(sums + from, w + WEIGHTS, left);
    const d00 = v128.load(w + WEIGHTS);
    const d01 = v128.load(w + WEIGHTS, 16);
    const d10 = v128.load(w + WEIGHTS, 32);
    const d11 = v128.load(w + WEIGHTS, 48);
    const one00 = f32x4.mul(d00, q00);
    const zero00 = f32x4.mul(d00, p00);
    const one01 = f32x4.mul(d01, q01);
    const zero01 = f32x4.mul(d01, p01);
    const one10 = f32x4.mul(d10, q10);
    const zero10 = f32x4.mul(d10, p10);
    const one11 = f32x4.mul(d11, q11);
    const zero11 = f32x4.mul(d11, p11);
    // The part of 10 and 11, for gates whose last two outputs are 00, 01, 10 and 11.
    const k0 = f32x4.neg(f32x4.add(zero10, zero11));
    const k1 = f32x4.sub(one11, zero10);
    const k2 = f32x4.sub(one10, zero11);
    const k3 = f32x4.add(one10, one11);
    const scale = f32x4.div(inverse, divisor);
    const to = out + (from << 2);
    storeFour(w, to, left, scale, f32x4.neg(f32x4.add(zero00, zero01)), k0, k1, k2, k3);
    storeFour(w + 64, to + 16, left, scale, f32x4.sub(one01, zero00), k0, k1, k2, k3);
    storeFour(w + 128, to + 32, left, scale, f32x4.sub(one00, zero01), k0, k1, k2, k3);
    storeFour(w + 192, to + 48, left, scale, f32x4.add(one00, one01), k0, k1, k2, k3);
  }
}

/** Sum of four vectors, one every `step` bytes. */
function sumFour(at: usize, step: usize): v128 {
  const first = f32x4.add(v128.load(at), v128.load(at + step));
  return f32x4.add(first, f32x4.add(v128.load(at + 2 * step), v128.load(at + 3 * step)));
}

/** Sums of v, v a, v b and v ab of `left` units as those in rows 00, 01, 10 and 11 of the truth table, a vector each. */
function storeTruthTableRows(sums: usize, to: usize, left: i32): void {
  const p = v128.load(sums);
  const q = left > 1 ? v128.load(sums, 16) : p;
  const r = left > 2 ? v128.load(sums, 32) : p;
  const s = left > 3 ? v128.load(sums, 48) : p;
  storeTransposed(to, 16, 4, p, q, r, s);
  const withA = v128.load(to, 16);
  const both = v128.load(to, 48);
  const at01 = f32x4.sub(v128.load(to, 32), both);
  v128.store(to, f32x4.sub(f32x4.sub(v128.load(to), withA), at01));
  v128.store(to, at01, 16);
  v128.store(to, f32x4.sub(withA, both), 32);
}

/** Stores dL/dlogits of the four gates that share their first two outputs, which add `first`. */
function storeFour(
  w: usize,
  to: usize,
  left: i32,
  scale: v128,
  first: v128,
  k0: v128,
  k1: v128,
  k2: v128,
  k3: v128,
): void {
  const p = f32x4.mul(f32x4.mul(v128.load(w), scale), f32x4.add(first, k0));
  const q = f32x4.mul(f32x4.mul(v128.load(w, 16), scale), f32x4.add(first, k1));
  const r = f32x4.mul(f32x4.mul(v128.load(w, 32), scale), f32x4.add(first, k2));
  const s = f32x4.mul(f32x4.mul(v128.load(w, 48), scale), f32x4.add(first, k3));
  storeTransposed(to, 64, left, p, q, r, s);
}
