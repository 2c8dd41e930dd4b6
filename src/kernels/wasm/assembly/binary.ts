import {exp} from './exp';
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
  const divisor = f32x4.splat(temperature);
  const one = f32x4.splat(1);
  for (let at: i32 = 0; at < length; at += 4) {
    const offset = (<usize>at) << 2;
    const left = length - at;
    const x = f32x4.div(loadUpTo(logits + offset, left, 0), divisor);
    const e = exp(f32x4.neg(f32x4.abs(x)));
    const share = v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0)));
    const point = f32x4.mul(loadUpTo(out + offset, left, 0), f32x4.add(one, e));
    const bits = v128.and(one, f32x4.lt(point, share));
    storeUpTo(out + offset, left, f32x4.add(bits, f32x4.sub(e, e)));
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
  const divisor = f32x4.splat(temperature);
  const one = f32x4.splat(1);
  for (let at: i32 = 0; at < length; at += 4) {
    const offset = (<usize>at) << 2;
    const left = length - at;
    const x = f32x4.div(loadUpTo(logits + offset, left, 0), divisor);
    const e = exp(f32x4.neg(f32x4.abs(x)));
    const sum = f32x4.add(one, e);
    const slope = f32x4.div(e, f32x4.mul(f32x4.mul(sum, sum), divisor));
    storeUpTo(out + offset, left, f32x4.mul(loadUpTo(dy + offset, left, 0), slope));
  }
}
