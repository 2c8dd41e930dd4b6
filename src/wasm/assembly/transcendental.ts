/**
 * exp, log and log1p of arrays. Errors are in units of the last place (ulp) of float32.
 *
 * V8 packs two vectors into one of 256 bits if they are stored one after the other and computed inline. It would make every constant
 * anew for every vector, with seven instructions for 256 bits; so constants are or-ed with a `zero` that the compilers do not know
 * to be 0. The numbers that remain from whole pairs of vectors come first, so that all constants are known when the pairs begin.
 */

/** e^x of n floats; error under 1 ulp, also of subnormal results. */
export function exps(x: usize, n: i32, to: usize): void {
  if (n < 1) return;
  const zero = n >> 31;
  const end = x + ((<usize>n) << 2);
  const whole = x + ((<usize>(((n - 1) & 7) + 1)) << 2);
  do {
    v128.store_lane<f32>(to, Lanes.exp(v128.load_splat<f32>(x), zero), 0);
    x += 4;
    to += 4;
  } while (x < whole);
  for (; x < end; x += 32, to += 32) {
    const y0 = Lanes.exp(v128.load(x), zero),
      y1 = Lanes.exp(v128.load(x, 16), zero);
    v128.store(to, y0);
    v128.store(to, y1, 16);
  }
}

/** Natural logarithms of n floats; error under 1 ulp, also for subnormal arguments. */
export function logs(x: usize, n: i32, to: usize): void {
  if (n < 1) return;
  const zero = n >> 31;
  const end = x + ((<usize>n) << 2);
  const whole = x + ((<usize>(((n - 1) & 7) + 1)) << 2);
  do {
    v128.store_lane<f32>(to, Lanes.log(v128.load_splat<f32>(x), zero), 0);
    x += 4;
    to += 4;
  } while (x < whole);
  for (; x < end; x += 32, to += 32) {
    const y0 = Lanes.log(v128.load(x), zero),
      y1 = Lanes.log(v128.load(x, 16), zero);
    v128.store(to, y0);
    v128.store(to, y1, 16);
  }
}

/** log(1 + x) of n floats; error under 3 ulp, also near zero. */
export function log1ps(x: usize, n: i32, to: usize): void {
  if (n < 1) return;
  const zero = n >> 31;
  const end = x + ((<usize>n) << 2);
  const whole = x + ((<usize>(((n - 1) & 7) + 1)) << 2);
  do {
    v128.store_lane<f32>(to, Lanes.log1p(v128.load_splat<f32>(x), zero), 0);
    x += 4;
    to += 4;
  } while (x < whole);
  for (; x < end; x += 32, to += 32) {
    const y0 = Lanes.log1p(v128.load(x), zero),
      y1 = Lanes.log1p(v128.load(x, 16), zero);
    v128.store(to, y0);
    v128.store(to, y1, 16);
  }
}

/** Functions of four numbers. They are members of a class because only members can have the decorator that inlines them. */
export class Lanes {
  /**
   * e^x = 2^n e^r with |r| <= log(2) / 2.
   *
   * @see Moshier, Cephes library, expf, for the polynomial.
   */
  @inline
  static exp(x: v128, zero: i32): v128 {
    // Beyond these limits the result is 0 or infinite. NaN passes both.
    x = f32x4.pmax(f32x4.pmin(x, Lanes.number(89, zero)), Lanes.number(-104, zero));
    const n = Lanes.nearest(f32x4.mul(x, Lanes.number(<f32>Math.LOG2E, zero)), zero);
    let r = f32x4.sub(x, f32x4.mul(n, Lanes.number(0.693359375, zero)));
    r = f32x4.sub(r, f32x4.mul(n, Lanes.number(-2.1219444e-4, zero)));
    let y = f32x4.add(f32x4.mul(Lanes.number(1.98756915e-4, zero), r), Lanes.number(1.3981999507e-3, zero));
    y = f32x4.add(f32x4.mul(y, r), Lanes.number(8.3334519073e-3, zero));
    y = f32x4.add(f32x4.mul(y, r), Lanes.number(4.1665795894e-2, zero));
    y = f32x4.add(f32x4.mul(y, r), Lanes.number(1.6666665459e-1, zero));
    y = f32x4.add(f32x4.mul(y, r), Lanes.number(5.0000001201e-1, zero));
    y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), Lanes.number(1, zero));
    // 2^n in two factors, since neither 2^128 nor 2^-149 has an exponent of its own.
    const whole = i32x4.trunc_sat_f32x4_s(n);
    const half = i32x4.shr_s(whole, 1);
    return f32x4.mul(
      f32x4.mul(y, Lanes.powerOfTwo(half, zero)),
      Lanes.powerOfTwo(i32x4.sub(whole, half), zero),
    );
  }

  /**
   * The nearest integer of a number below 2^22, the even one of two. V8 does not pack two of the instruction that WebAssembly
   * has for this, nor what depends on it.
   */
  @inline
  static nearest(x: v128, zero: i32): v128 {
    const units = Lanes.number(12582912, zero); // 1.5 2^23, where floats are 1 apart
    return f32x4.sub(f32x4.add(x, units), units);
  }

  @inline
  static powerOfTwo(n: v128, zero: i32): v128 {
    return i32x4.shl(i32x4.add(n, Lanes.integer(127, zero)), 23);
  }

  /**
   * log(x) = e log(2) + log(m) with m between sqrt(1/2) and sqrt(2); log(m) by the series of
   * atanh(f / (2 + f)), f = m - 1.
   *
   * @see Sun Microsystems, fdlibm, e_logf, for the coefficients.
   */
  @inline
  static log(x: v128, zero: i32): v128 {
    const tiny = f32x4.lt(x, Lanes.number(1.17549435e-38, zero));
    const scaled = v128.bitselect(f32x4.mul(x, Lanes.number(8388608, zero)), x, tiny);
    // Relative to the bits of sqrt(1/2), so that the exponent counts from there.
    const bits = i32x4.sub(scaled, Lanes.integer(0x3f3504f3, zero));
    const exponent = i32x4.sub(i32x4.shr_s(bits, 23), v128.and(tiny, Lanes.integer(23, zero)));
    const e = f32x4.convert_i32x4_s(exponent);
    const m = i32x4.add(v128.and(bits, Lanes.integer(0x007fffff, zero)), Lanes.integer(0x3f3504f3, zero));
    const f = f32x4.sub(m, Lanes.number(1, zero));
    const s = f32x4.div(f, f32x4.add(f, Lanes.number(2, zero)));
    const z = f32x4.mul(s, s);
    let r = f32x4.add(f32x4.mul(Lanes.number(0.24279078841, zero), z), Lanes.number(0.28498786688, zero));
    r = f32x4.add(f32x4.mul(r, z), Lanes.number(0.40000972152, zero));
    r = f32x4.mul(f32x4.add(f32x4.mul(r, z), Lanes.number(0.66666662693, zero)), z);
    const h = f32x4.mul(f32x4.mul(Lanes.number(0.5, zero), f), f);
    const low = f32x4.add(f32x4.mul(s, f32x4.add(h, r)), f32x4.mul(e, Lanes.number(9.0580006145e-6, zero)));
    const sum = f32x4.sub(f32x4.mul(e, Lanes.number(0.69313812256, zero)), f32x4.sub(f32x4.sub(h, low), f));
    // Special cases: log(0) = -inf, log(inf) = inf, and NaN for negative numbers and NaN.
    const special = f32x4.div(Lanes.number(-1, zero), f32x4.abs(x));
    const positive = f32x4.gt(x, Lanes.number(0, zero));
    const finite = f32x4.lt(x, Lanes.number(Infinity, zero));
    const atLimits = v128.bitselect(x, special, positive);
    const defined = v128.bitselect(atLimits, Lanes.number(NaN, zero), f32x4.ge(x, Lanes.number(0, zero)));
    return v128.bitselect(sum, defined, v128.and(positive, finite));
  }

  /**
   * log(1 + x) = log(u) x / (u - 1), where u is 1 + x rounded; its rounding error cancels.
   *
   * @see Higham, Accuracy and Stability of Numerical Algorithms, section 1.14.1, for e^x - 1 likewise.
   */
  @inline
  static log1p(x: v128, zero: i32): v128 {
    const one = Lanes.number(1, zero);
    const u = f32x4.add(one, x);
    const rest = f32x4.sub(u, one);
    const logU = Lanes.log(u, zero);
    const corrected = f32x4.mul(logU, f32x4.div(x, rest));
    const plain = v128.or(f32x4.eq(u, Lanes.number(Infinity, zero)), f32x4.eq(u, Lanes.number(0, zero)));
    const answer = v128.bitselect(logU, corrected, plain);
    return v128.bitselect(x, answer, f32x4.eq(rest, Lanes.number(0, zero)));
  }

  /** Four times a constant; see above for `zero`. */
  @inline
  static number(x: f32, zero: i32): v128 {
    return i32x4.splat(reinterpret<i32>(x) | zero);
  }

  /** The same for an integer. */
  @inline
  static integer(x: i32, zero: i32): v128 {
    return i32x4.splat(x | zero);
  }
}
