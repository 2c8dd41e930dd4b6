/**
 * One step of Adam and its relatives for n numbers, as in `src/kernels/ops/adamStep.ts`. Outputs may overwrite their inputs.
 *
 * @param average 0 if there is no moving average.
 * @param clipValue 0 for no limit.
 */
export function adamStep(
  n: i32,
  value: usize,
  first: usize,
  second: usize,
  average: usize,
  gradient: usize,
  newValue: usize,
  newFirst: usize,
  newSecond: usize,
  newAverage: usize,
  gradientScale: f32,
  clipValue: f32,
  l2: f32,
  decay: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  rootScale: f32,
  epsilon: f32,
  stepSize: f32,
  ema: f32,
  emaRest: f32,
): void {
  const size = (<usize>n) << 2;
  const clips = clipValue > 0; // min and max cost as much as the rest together
  let i: usize = 0;
  for (; i + 16 <= size; i += 16) {
    const p = v128.load(value + i);
    let g = f32x4.mul(v128.load(gradient + i), f32x4.splat(gradientScale));
    // min and max return NaN if either argument is NaN, so that a NaN gradient stays visible.
    if (clips) g = f32x4.max(f32x4.min(g, f32x4.splat(clipValue)), f32x4.splat(-clipValue));
    g = f32x4.add(g, f32x4.mul(p, f32x4.splat(l2)));
    const m = f32x4.add(
      f32x4.mul(v128.load(first + i), f32x4.splat(beta1)),
      f32x4.mul(g, f32x4.splat(rest1)),
    );
    const v = f32x4.add(
      f32x4.mul(v128.load(second + i), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)),
    );
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), f32x4.splat(rootScale)), f32x4.splat(epsilon));
    const moved = f32x4.sub(
      f32x4.mul(p, f32x4.splat(decay)),
      f32x4.div(f32x4.mul(m, f32x4.splat(stepSize)), root),
    );
    v128.store(newFirst + i, m);
    v128.store(newSecond + i, v);
    v128.store(newValue + i, moved);
    if (average !== 0) {
      const kept = f32x4.mul(v128.load(average + i), f32x4.splat(ema));
      v128.store(newAverage + i, f32x4.add(kept, f32x4.mul(moved, f32x4.splat(emaRest))));
    }
  }
  for (; i < size; i += 4) {
    const p = load<f32>(value + i);
    const scaled = load<f32>(gradient + i) * gradientScale;
    const g = (clips ? max<f32>(min<f32>(scaled, clipValue), -clipValue) : scaled) + p * l2;
    const m = load<f32>(first + i) * beta1 + g * rest1;
    const v = load<f32>(second + i) * beta2 + g * g * rest2;
    const moved = p * decay - (m * stepSize) / (sqrt<f32>(v) * rootScale + epsilon);
    store<f32>(newFirst + i, m);
    store<f32>(newSecond + i, v);
    store<f32>(newValue + i, moved);
    if (average !== 0) store<f32>(newAverage + i, load<f32>(average + i) * ema + moved * emaRest);
  }
}
