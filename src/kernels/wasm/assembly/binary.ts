import {Inline} from './exp';
import {loadUpTo, storeUpTo} from './lanes';
import {fillUniform} from './pcg4d';

/** `src/kernels/loops/sampleBits.ts`. The uniforms are written to `out` first. */
export function sampleBinary(
  logits: usize,
  out: usize,
  length: i32,
  temperature: f32,
  seed: i32,
  stream: i32,
  step: i32,
): void {
  fillUniform(out, length, seed, stream, step);
  if (length < 1) return;
  const zero = length >> 31;
  const divisor = f32x4.splat(temperature);
  const end = logits + ((<usize>length) << 2);
  const whole = logits + ((<usize>(((length - 1) & 7) + 1)) << 2);
  do {
    const bit = Binary.sample(v128.load_splat<f32>(logits), v128.load_splat<f32>(out), divisor, zero);
    v128.store_lane<f32>(out, bit, 0);
    logits += 4;
    out += 4;
  } while (logits < whole);
  for (; logits < end; logits += 32, out += 32) {
    const u0 = v128.load(out),
      u1 = v128.load(out, 16);
    const z0 = Binary.sample(v128.load(logits), u0, divisor, zero),
      z1 = Binary.sample(v128.load(logits, 16), u1, divisor, zero);
    v128.store(out, z0);
    v128.store(out, z1, 16);
  }
}

/** `src/kernels/loops/bitModes.ts`. */
export function binaryMode(logits: usize, out: usize, length: i32): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  for (let at: i32 = 0; at < length; at += 4) {
    const offset = (<usize>at) << 2;
    const x = loadUpTo(logits + offset, length - at, 0);
    const value = v128.and(one, f32x4.gt(x, zero));
    storeUpTo(out + offset, length - at, v128.bitselect(value, x, f32x4.eq(x, x)));
  }
}

/** `src/kernels/loops/sigmoidProducts.ts`. */
export function sigmoidJacobianProduct(
  dy: usize,
  logits: usize,
  out: usize,
  length: i32,
  temperature: f32,
): void {
  if (length < 1) return;
  const zero = length >> 31;
  const divisor = f32x4.splat(temperature);
  const end = logits + ((<usize>length) << 2);
  const whole = logits + ((<usize>(((length - 1) & 7) + 1)) << 2);
  do {
    const product = Binary.product(v128.load_splat<f32>(dy), v128.load_splat<f32>(logits), divisor, zero);
    v128.store_lane<f32>(out, product, 0);
    logits += 4;
    dy += 4;
    out += 4;
  } while (logits < whole);
  for (; logits < end; logits += 32, dy += 32, out += 32) {
    const d0 = v128.load(dy),
      d1 = v128.load(dy, 16);
    const x0 = v128.load(logits),
      x1 = v128.load(logits, 16);
    const y0 = Binary.product(d0, x0, divisor, zero),
      y1 = Binary.product(d1, x1, divisor, zero);
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
}

/** What both neighbouring vectors take; see `Inline`. */
class Binary {
  /** A bit for each logit, by its uniform; NaN for NaN. */
  @inline
  static sample(logits: v128, uniforms: v128, divisor: v128, zero: i32): v128 {
    const one = Inline.number(1, zero);
    const x = f32x4.div(logits, divisor);
    const e = Inline.exp(f32x4.neg(f32x4.abs(x)), zero);
    const share = v128.bitselect(e, one, f32x4.lt(x, Inline.number(0, zero)));
    const point = f32x4.mul(uniforms, f32x4.add(one, e));
    return f32x4.add(v128.and(one, f32x4.lt(point, share)), f32x4.sub(e, e));
  }

  /** dy sigmoid'(logits / divisor) / divisor. */
  @inline
  static product(dy: v128, logits: v128, divisor: v128, zero: i32): v128 {
    const x = f32x4.div(logits, divisor);
    const e = Inline.exp(f32x4.neg(f32x4.abs(x)), zero);
    const sum = f32x4.add(Inline.number(1, zero), e);
    return f32x4.mul(dy, f32x4.div(e, f32x4.mul(f32x4.mul(sum, sum), divisor)));
  }
}
