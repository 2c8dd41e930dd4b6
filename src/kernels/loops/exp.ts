const {fround} = Math;

/** 2^-n for n from 0 to 126. */
const INVERSE_POWERS = Float32Array.from({length: 127}, (_, n) => 2 ** -n);

const LOG2_E = fround(Math.LOG2E);
const LN2_HIGH = fround(0.693359375);
const LN2_LOW = fround(-2.1219444e-4);
const P0 = fround(1.98756915e-4);
const P1 = fround(1.3981999507e-3);
const P2 = fround(8.3334519073e-3);
const P3 = fround(4.1665795894e-2);
const P4 = fround(1.6666665459e-1);
const P5 = fround(5.0000001201e-1);
const LOWEST = fround(-87.3365447);

/** Adding it to a small float rounds that to an integer. */
const ROUNDER = 12582912;

/**
 * e^x for a `float32` x <= 0, in single precision throughout, so that every backend computes the same bits:
 * `src/kernels/wasm/assembly/exp.ts` is the same sequence of operations. Error under 2 ulp.
 * Results under the smallest normal number are 0. NaN stays NaN.
 *
 * @see Moshier, Cephes library, expf.
 */
export function exp(x: number): number {
  if (x < LOWEST) return 0;
  const n = fround(fround(fround(x * LOG2_E) + ROUNDER) - ROUNDER);
  let r = fround(x - fround(n * LN2_HIGH));
  r = fround(r - fround(n * LN2_LOW));
  let y = fround(fround(P0 * r) + P1);
  y = fround(fround(y * r) + P2);
  y = fround(fround(y * r) + P3);
  y = fround(fround(y * r) + P4);
  y = fround(fround(y * r) + P5);
  y = fround(fround(fround(y * fround(r * r)) + r) + 1);
  return fround(y * INVERSE_POWERS[-n | 0]!);
}
