import {weighted} from './lanes';

/**
 * One step of Adam for n numbers, in the order of operations of TensorFlow.js's AdamOptimizer, so that the
 * results agree to the last bit. Outputs may overwrite their inputs.
 */
export function tfjsAdam(
  n: i32,
  value: usize,
  first: usize,
  second: usize,
  gradient: usize,
  newValue: usize,
  newFirst: usize,
  newSecond: usize,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  correction1: f32,
  correction2: f32,
  epsilon: f32,
  minusRate: f32,
): void {
  const size = (<usize>n) << 2;
  let i: usize = 0;
  // Two vectors at a time, with neighbouring stores, for engines that pack them into one.
  for (; i + 32 <= size; i += 32) {
    const g0 = v128.load(gradient + i),
      g1 = v128.load(gradient + i, 16);
    const p0 = v128.load(value + i),
      p1 = v128.load(value + i, 16);
    const m0 = weighted(v128.load(first + i), beta1, g0, rest1),
      m1 = weighted(v128.load(first + i, 16), beta1, g1, rest1);
    const v0 = weighted(v128.load(second + i), beta2, f32x4.mul(g0, g0), rest2),
      v1 = weighted(v128.load(second + i, 16), beta2, f32x4.mul(g1, g1), rest2);
    v128.store(newFirst + i, m0);
    v128.store(newFirst + i, m1, 16);
    v128.store(newSecond + i, v0);
    v128.store(newSecond + i, v1, 16);
    const step0 = direction(m0, correction1, v0, correction2, epsilon),
      step1 = direction(m1, correction1, v1, correction2, epsilon);
    v128.store(newValue + i, f32x4.add(f32x4.mul(step0, f32x4.splat(minusRate)), p0));
    v128.store(newValue + i, f32x4.add(f32x4.mul(step1, f32x4.splat(minusRate)), p1), 16);
  }
  for (; i < size; i += 4) {
    const g = load<f32>(gradient + i);
    const m = load<f32>(first + i) * beta1 + g * rest1;
    const v = load<f32>(second + i) * beta2 + g * g * rest2;
    const step = m / correction1 / (sqrt<f32>(v / correction2) + epsilon);
    store<f32>(newFirst + i, m);
    store<f32>(newSecond + i, v);
    store<f32>(newValue + i, step * minusRate + load<f32>(value + i));
  }
}

/** The step for a learning rate of 1. */
function direction(m: v128, correction1: f32, v: v128, correction2: f32, epsilon: f32): v128 {
  const root = f32x4.sqrt(f32x4.div(v, f32x4.splat(correction2)));
  return f32x4.div(f32x4.div(m, f32x4.splat(correction1)), f32x4.add(root, f32x4.splat(epsilon)));
}
