/**
 * e^x for x <= 0 in each lane, the same bits as `src/kernels/loops/exp.ts`; error under 2 ulp.
 * Results under the smallest normal number are 0. NaN stays NaN.
 *
 * @see Moshier, Cephes library, expf.
 */
export function exp(x: v128): v128 {
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(<f32>Math.LOG2E)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let y = f32x4.add(f32x4.mul(f32x4.splat(1.98756915e-4), r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), f32x4.splat(1));
  const scale = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  return v128.andnot(f32x4.mul(y, scale), f32x4.lt(x, f32x4.splat(-87.3365447)));
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
