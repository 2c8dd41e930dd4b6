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
  for (; i + 16 <= size; i += 16) {
    const g = v128.load(gradient + i);
    const m = f32x4.add(
      f32x4.mul(v128.load(first + i), f32x4.splat(beta1)),
      f32x4.mul(g, f32x4.splat(rest1)),
    );
    const v = f32x4.add(
      f32x4.mul(v128.load(second + i), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)),
    );
    const root = f32x4.sqrt(f32x4.div(v, f32x4.splat(correction2)));
    const step = f32x4.div(f32x4.div(m, f32x4.splat(correction1)), f32x4.add(root, f32x4.splat(epsilon)));
    v128.store(newFirst + i, m);
    v128.store(newSecond + i, v);
    v128.store(newValue + i, f32x4.add(f32x4.mul(step, f32x4.splat(minusRate)), v128.load(value + i)));
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
