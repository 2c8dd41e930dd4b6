import {column0, column1, column2, column3, storeUpTo} from './lanes';

/** Multiplier and increment of the generator, in all lanes. */
const A: i32 = 1664525;
const C: i32 = 1013904223;

/** Uniforms are (n + 1/2) / 2^23. */
const GRID: f32 = 1.1920928955078125e-7;

/**
 * Fills `length` floats from address `out` with the uniforms of `src/kernels/pcg4d.ts`.
 *
 * Four blocks of four numbers at a time, a block a lane. The last ones are written one by one, so that
 * nothing beyond the end is touched.
 */
export function fillUniform(out: usize, length: i32, seed: i32, stream: i32, step: i32): void {
  const s = i32x4.splat(seed * A + C);
  const t = i32x4.splat(stream * A + C);
  const p = i32x4.splat(step * A + C);
  const a = i32x4.splat(A);
  const c = i32x4.splat(C);
  const half = f32x4.splat(0.5);
  const grid = f32x4.splat(GRID);
  let block = i32x4(0, 1, 2, 3);
  for (let index: i32 = 0; index < length; index += 16) {
    let w = i32x4.add(i32x4.mul(block, a), c);
    let x = i32x4.add(s, i32x4.mul(t, w));
    let y = i32x4.add(t, i32x4.mul(p, x));
    let z = i32x4.add(p, i32x4.mul(x, y));
    w = i32x4.add(w, i32x4.mul(y, z));
    x = v128.xor(x, i32x4.shr_u(x, 16));
    y = v128.xor(y, i32x4.shr_u(y, 16));
    z = v128.xor(z, i32x4.shr_u(z, 16));
    w = v128.xor(w, i32x4.shr_u(w, 16));
    x = i32x4.add(x, i32x4.mul(y, w));
    y = i32x4.add(y, i32x4.mul(z, x));
    z = i32x4.add(z, i32x4.mul(x, y));
    w = i32x4.add(w, i32x4.mul(y, z));
    const u0 = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(x, 9)), half), grid);
    const u1 = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(y, 9)), half), grid);
    const u2 = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(z, 9)), half), grid);
    const u3 = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(w, 9)), half), grid);
    // Lane j of u0 to u3 are the four numbers of block j: a transposition puts each block together.
    const left = length - index;
    const at = out + ((<usize>index) << 2);
    storeUpTo(at, left, column0(u0, u1, u2, u3));
    storeUpTo(at + 16, left - 4, column1(u0, u1, u2, u3));
    storeUpTo(at + 32, left - 8, column2(u0, u1, u2, u3));
    storeUpTo(at + 48, left - 12, column3(u0, u1, u2, u3));
    block = i32x4.add(block, i32x4.splat(4));
  }
}
