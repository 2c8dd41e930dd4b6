/** exp, log and log1p of arrays, four at a time. Errors are in units of the last place (ulp) of float32. */

/** e^x of n floats; error under 1 ulp, also of subnormal results. */
export function exps(x: usize, n: i32, to: usize): void {
  const end = x + ((<usize>n) << 2);
  for (; x + 16 <= end; x += 16, to += 16) v128.store(to, exp(v128.load(x)));
  for (; x < end; x += 4, to += 4) v128.store_lane<f32>(to, exp(v128.load_splat<f32>(x)), 0);
}

/** Natural logarithms of n floats; error under 1 ulp, also for subnormal arguments. */
export function logs(x: usize, n: i32, to: usize): void {
  const end = x + ((<usize>n) << 2);
  for (; x + 16 <= end; x += 16, to += 16) v128.store(to, log(v128.load(x)));
  for (; x < end; x += 4, to += 4) v128.store_lane<f32>(to, log(v128.load_splat<f32>(x)), 0);
}

/** log(1 + x) of n floats; error under 3 ulp, also near zero. */
export function log1ps(x: usize, n: i32, to: usize): void {
  const end = x + ((<usize>n) << 2);
  for (; x + 16 <= end; x += 16, to += 16) v128.store(to, log1p(v128.load(x)));
  for (; x < end; x += 4, to += 4) v128.store_lane<f32>(to, log1p(v128.load_splat<f32>(x)), 0);
}

/**
 * e^x = 2^n e^r with |r| <= log(2) / 2.
 *
 * @see Moshier, Cephes library, expf, for the polynomial.
 */
function exp(x: v128): v128 {
  // Beyond these limits the result is 0 or infinite. NaN passes both.
  x = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89)), f32x4.splat(-104));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(<f32>Math.LOG2E)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let y = f32x4.add(f32x4.mul(f32x4.splat(1.98756915e-4), r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), f32x4.splat(1));
  // 2^n in two factors, since neither 2^128 nor 2^-149 has an exponent of its own.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/**
 * log(x) = e log(2) + log(m) with m between sqrt(1/2) and sqrt(2); log(m) by the series of
 * atanh(f / (2 + f)), f = m - 1.
 *
 * @see Sun Microsystems, fdlibm, e_logf, for the coefficients.
 */
function log(x: v128): v128 {
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  // Relative to the bits of sqrt(1/2), so that the exponent counts from there.
  const bits = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.sub(i32x4.shr_s(bits, 23), v128.and(tiny, i32x4.splat(23)));
  const e = f32x4.convert_i32x4_s(exponent);
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, f32x4.splat(1));
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let r = f32x4.add(f32x4.mul(f32x4.splat(0.24279078841), z), f32x4.splat(0.28498786688));
  r = f32x4.add(f32x4.mul(r, z), f32x4.splat(0.40000972152));
  r = f32x4.mul(f32x4.add(f32x4.mul(r, z), f32x4.splat(0.66666662693)), z);
  const h = f32x4.mul(f32x4.mul(f32x4.splat(0.5), f), f);
  const low = f32x4.add(f32x4.mul(s, f32x4.add(h, r)), f32x4.mul(e, f32x4.splat(9.0580006145e-6)));
  const sum = f32x4.sub(f32x4.mul(e, f32x4.splat(0.69313812256)), f32x4.sub(f32x4.sub(h, low), f));
  // Special cases: log(0) = -inf, log(inf) = inf, and NaN for negative numbers and NaN.
  const special = f32x4.div(f32x4.splat(-1), f32x4.abs(x));
  const positive = f32x4.gt(x, f32x4.splat(0));
  const finite = f32x4.lt(x, f32x4.splat(Infinity));
  const atLimits = v128.bitselect(x, special, positive);
  const defined = v128.bitselect(atLimits, f32x4.splat(NaN), f32x4.ge(x, f32x4.splat(0)));
  return v128.bitselect(sum, defined, v128.and(positive, finite));
}

/**
 * log(1 + x) = log(u) x / (u - 1), where u is 1 + x rounded; its rounding error cancels.
 *
 * @see Higham, Accuracy and Stability of Numerical Algorithms, section 1.14.1, for e^x - 1 likewise.
 */
function log1p(x: v128): v128 {
  const one = f32x4.splat(1);
  const u = f32x4.add(one, x);
  const rest = f32x4.sub(u, one);
  const logU = log(u);
  const corrected = f32x4.mul(logU, f32x4.div(x, rest));
  const plain = v128.or(f32x4.eq(u, f32x4.splat(Infinity)), f32x4.eq(u, f32x4.splat(0)));
  const answer = v128.bitselect(logU, corrected, plain);
  return v128.bitselect(x, answer, f32x4.eq(rest, f32x4.splat(0)));
}
