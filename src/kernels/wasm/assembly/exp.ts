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
