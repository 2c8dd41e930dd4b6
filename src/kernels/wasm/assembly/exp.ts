/**
 * e^x for x <= 0 in each lane, the same bits as `src/kernels/loops/exp.ts`; error under 2 ulp.
 * Results under the smallest normal number are 0. NaN stays NaN.
 *
 * @see Moshier, Cephes library, expf.
 */
export function exp(x: v128): v128 {
  return Inline.exp(x, 0);
}

/**
 * For loops over pairs of vectors, which V8 packs into 256 bits if all is computed inline. It would build each constant anew for
 * every vector; not so if it is or-ed with a `zero` that the compilers do not know to be 0, and was computed before the loop.
 * Members of a class, because only members can have the decorator that inlines them.
 */
export class Inline {
  /** @see exp */
  @inline
  static exp(x: v128, zero: i32): v128 {
    // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
    const shifted = f32x4.add(
      f32x4.mul(x, Inline.number(<f32>Math.LOG2E, zero)),
      Inline.number(12582912, zero),
    );
    const n = f32x4.sub(shifted, Inline.number(12582912, zero));
    let r = f32x4.sub(x, f32x4.mul(n, Inline.number(0.693359375, zero)));
    r = f32x4.sub(r, f32x4.mul(n, Inline.number(-2.1219444e-4, zero)));
    let y = f32x4.add(f32x4.mul(Inline.number(1.98756915e-4, zero), r), Inline.number(1.3981999507e-3, zero));
    y = f32x4.add(f32x4.mul(y, r), Inline.number(8.3334519073e-3, zero));
    y = f32x4.add(f32x4.mul(y, r), Inline.number(4.1665795894e-2, zero));
    y = f32x4.add(f32x4.mul(y, r), Inline.number(1.6666665459e-1, zero));
    y = f32x4.add(f32x4.mul(y, r), Inline.number(5.0000001201e-1, zero));
    y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), Inline.number(1, zero));
    const scale = i32x4.add(i32x4.shl(shifted, 23), Inline.integer(127 << 23, zero));
    return v128.andnot(f32x4.mul(y, scale), f32x4.lt(x, Inline.number(-87.3365447, zero)));
  }

  /** Four times a constant. */
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

/**
 * `exp` of the sixteen numbers at `at`, in place. The compiler builds a constant anew wherever it is used, which costs
 * more than to compute with it: here each serves four vectors.
 */
export function expSixteen(at: usize): void {
  const p = v128.load(at);
  const q = v128.load(at, 16);
  const r = v128.load(at, 32);
  const s = v128.load(at, 48);
  const perLog2 = f32x4.splat(<f32>Math.LOG2E);
  const rounder = f32x4.splat(12582912);
  const np = f32x4.sub(f32x4.add(f32x4.mul(p, perLog2), rounder), rounder);
  const nq = f32x4.sub(f32x4.add(f32x4.mul(q, perLog2), rounder), rounder);
  const nr = f32x4.sub(f32x4.add(f32x4.mul(r, perLog2), rounder), rounder);
  const ns = f32x4.sub(f32x4.add(f32x4.mul(s, perLog2), rounder), rounder);
  const high = f32x4.splat(0.693359375);
  const low = f32x4.splat(-2.1219444e-4);
  const rp = f32x4.sub(f32x4.sub(p, f32x4.mul(np, high)), f32x4.mul(np, low));
  const rq = f32x4.sub(f32x4.sub(q, f32x4.mul(nq, high)), f32x4.mul(nq, low));
  const rr = f32x4.sub(f32x4.sub(r, f32x4.mul(nr, high)), f32x4.mul(nr, low));
  const rs = f32x4.sub(f32x4.sub(s, f32x4.mul(ns, high)), f32x4.mul(ns, low));
  let c = f32x4.splat(1.98756915e-4);
  const d = f32x4.splat(1.3981999507e-3);
  let yp = f32x4.add(f32x4.mul(c, rp), d);
  let yq = f32x4.add(f32x4.mul(c, rq), d);
  let yr = f32x4.add(f32x4.mul(c, rr), d);
  let ys = f32x4.add(f32x4.mul(c, rs), d);
  c = f32x4.splat(8.3334519073e-3);
  yp = f32x4.add(f32x4.mul(yp, rp), c);
  yq = f32x4.add(f32x4.mul(yq, rq), c);
  yr = f32x4.add(f32x4.mul(yr, rr), c);
  ys = f32x4.add(f32x4.mul(ys, rs), c);
  c = f32x4.splat(4.1665795894e-2);
  yp = f32x4.add(f32x4.mul(yp, rp), c);
  yq = f32x4.add(f32x4.mul(yq, rq), c);
  yr = f32x4.add(f32x4.mul(yr, rr), c);
  ys = f32x4.add(f32x4.mul(ys, rs), c);
  c = f32x4.splat(1.6666665459e-1);
  yp = f32x4.add(f32x4.mul(yp, rp), c);
  yq = f32x4.add(f32x4.mul(yq, rq), c);
  yr = f32x4.add(f32x4.mul(yr, rr), c);
  ys = f32x4.add(f32x4.mul(ys, rs), c);
  c = f32x4.splat(5.0000001201e-1);
  yp = f32x4.add(f32x4.mul(yp, rp), c);
  yq = f32x4.add(f32x4.mul(yq, rq), c);
  yr = f32x4.add(f32x4.mul(yr, rr), c);
  ys = f32x4.add(f32x4.mul(ys, rs), c);
  c = f32x4.splat(1);
  yp = f32x4.add(f32x4.add(f32x4.mul(yp, f32x4.mul(rp, rp)), rp), c);
  yq = f32x4.add(f32x4.add(f32x4.mul(yq, f32x4.mul(rq, rq)), rq), c);
  yr = f32x4.add(f32x4.add(f32x4.mul(yr, f32x4.mul(rr, rr)), rr), c);
  ys = f32x4.add(f32x4.add(f32x4.mul(ys, f32x4.mul(rs, rs)), rs), c);
  const bias = i32x4.splat(127 << 23);
  yp = f32x4.mul(yp, i32x4.add(i32x4.shl(f32x4.add(np, rounder), 23), bias));
  yq = f32x4.mul(yq, i32x4.add(i32x4.shl(f32x4.add(nq, rounder), 23), bias));
  yr = f32x4.mul(yr, i32x4.add(i32x4.shl(f32x4.add(nr, rounder), 23), bias));
  ys = f32x4.mul(ys, i32x4.add(i32x4.shl(f32x4.add(ns, rounder), 23), bias));
  c = f32x4.splat(-87.3365447);
  v128.store(at, v128.andnot(yp, f32x4.lt(v128.load(at), c)));
  v128.store(at, v128.andnot(yq, f32x4.lt(v128.load(at, 16), c)), 16);
  v128.store(at, v128.andnot(yr, f32x4.lt(v128.load(at, 32), c)), 32);
  v128.store(at, v128.andnot(ys, f32x4.lt(v128.load(at, 48), c)), 48);
}

/**
 * `exp` of the 64 numbers at `at`, in place, in two passes of shorter chains of operations: a processor has too few operations in view
 * to overlap the whole chain of one vector with those of enough others. The compiler builds a constant anew wherever it is used, which
 * costs more than to compute with it, so each serves four vectors.
 *
 * @param scales Memory for 64 floats.
 */
export function expSixtyFour(at: usize, scales: usize): void {
  for (let i: usize = 0; i < 256; i += 64) reduce(at + i, scales + i);
  for (let i: usize = 0; i < 256; i += 64) expOfReduced(at + i, scales + i);
}

/** Of sixteen numbers x = r + n ln 2 stores r, and 2^n; where e^x is under the smallest normal number, zeros. */
function reduce(at: usize, scales: usize): void {
  const p = v128.load(at);
  const q = v128.load(at, 16);
  const r = v128.load(at, 32);
  const s = v128.load(at, 48);
  const perLog2 = f32x4.splat(<f32>Math.LOG2E);
  const rounder = f32x4.splat(12582912);
  const shiftedp = f32x4.add(f32x4.mul(p, perLog2), rounder);
  const shiftedq = f32x4.add(f32x4.mul(q, perLog2), rounder);
  const shiftedr = f32x4.add(f32x4.mul(r, perLog2), rounder);
  const shifteds = f32x4.add(f32x4.mul(s, perLog2), rounder);
  const np = f32x4.sub(shiftedp, rounder);
  const nq = f32x4.sub(shiftedq, rounder);
  const nr = f32x4.sub(shiftedr, rounder);
  const ns = f32x4.sub(shifteds, rounder);
  const high = f32x4.splat(0.693359375);
  const low = f32x4.splat(-2.1219444e-4);
  const restp = f32x4.sub(f32x4.sub(p, f32x4.mul(np, high)), f32x4.mul(np, low));
  const restq = f32x4.sub(f32x4.sub(q, f32x4.mul(nq, high)), f32x4.mul(nq, low));
  const restr = f32x4.sub(f32x4.sub(r, f32x4.mul(nr, high)), f32x4.mul(nr, low));
  const rests = f32x4.sub(f32x4.sub(s, f32x4.mul(ns, high)), f32x4.mul(ns, low));
  const lowest = f32x4.splat(-87.3365447);
  const bias = i32x4.splat(127 << 23);
  const isZerop = f32x4.lt(p, lowest);
  const isZeroq = f32x4.lt(q, lowest);
  const isZeror = f32x4.lt(r, lowest);
  const isZeros = f32x4.lt(s, lowest);
  v128.store(at, v128.andnot(restp, isZerop));
  v128.store(at, v128.andnot(restq, isZeroq), 16);
  v128.store(at, v128.andnot(restr, isZeror), 32);
  v128.store(at, v128.andnot(rests, isZeros), 48);
  v128.store(scales, v128.andnot(i32x4.add(i32x4.shl(shiftedp, 23), bias), isZerop));
  v128.store(scales, v128.andnot(i32x4.add(i32x4.shl(shiftedq, 23), bias), isZeroq), 16);
  v128.store(scales, v128.andnot(i32x4.add(i32x4.shl(shiftedr, 23), bias), isZeror), 32);
  v128.store(scales, v128.andnot(i32x4.add(i32x4.shl(shifteds, 23), bias), isZeros), 48);
}

/** e^r times its scale, of sixteen numbers. */
function expOfReduced(at: usize, scales: usize): void {
  const p = v128.load(at);
  const q = v128.load(at, 16);
  const r = v128.load(at, 32);
  const s = v128.load(at, 48);
  let c = f32x4.splat(1.98756915e-4);
  const d = f32x4.splat(1.3981999507e-3);
  let yp = f32x4.add(f32x4.mul(c, p), d);
  let yq = f32x4.add(f32x4.mul(c, q), d);
  let yr = f32x4.add(f32x4.mul(c, r), d);
  let ys = f32x4.add(f32x4.mul(c, s), d);
  c = f32x4.splat(8.3334519073e-3);
  yp = f32x4.add(f32x4.mul(yp, p), c);
  yq = f32x4.add(f32x4.mul(yq, q), c);
  yr = f32x4.add(f32x4.mul(yr, r), c);
  ys = f32x4.add(f32x4.mul(ys, s), c);
  c = f32x4.splat(4.1665795894e-2);
  yp = f32x4.add(f32x4.mul(yp, p), c);
  yq = f32x4.add(f32x4.mul(yq, q), c);
  yr = f32x4.add(f32x4.mul(yr, r), c);
  ys = f32x4.add(f32x4.mul(ys, s), c);
  c = f32x4.splat(1.6666665459e-1);
  yp = f32x4.add(f32x4.mul(yp, p), c);
  yq = f32x4.add(f32x4.mul(yq, q), c);
  yr = f32x4.add(f32x4.mul(yr, r), c);
  ys = f32x4.add(f32x4.mul(ys, s), c);
  c = f32x4.splat(5.0000001201e-1);
  yp = f32x4.add(f32x4.mul(yp, p), c);
  yq = f32x4.add(f32x4.mul(yq, q), c);
  yr = f32x4.add(f32x4.mul(yr, r), c);
  ys = f32x4.add(f32x4.mul(ys, s), c);
  c = f32x4.splat(1);
  yp = f32x4.add(f32x4.add(f32x4.mul(yp, f32x4.mul(p, p)), p), c);
  yq = f32x4.add(f32x4.add(f32x4.mul(yq, f32x4.mul(q, q)), q), c);
  yr = f32x4.add(f32x4.add(f32x4.mul(yr, f32x4.mul(r, r)), r), c);
  ys = f32x4.add(f32x4.add(f32x4.mul(ys, f32x4.mul(s, s)), s), c);
  v128.store(at, f32x4.mul(yp, v128.load(scales)));
  v128.store(at, f32x4.mul(yq, v128.load(scales, 16)), 16);
  v128.store(at, f32x4.mul(yr, v128.load(scales, 32)), 32);
  v128.store(at, f32x4.mul(ys, v128.load(scales, 48)), 48);
}
