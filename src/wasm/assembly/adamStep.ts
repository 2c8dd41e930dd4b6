import {weighted} from './lanes';

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
  // Two vectors at a time, with neighbouring stores, for engines that pack them into one.
  for (; i + 32 <= size; i += 32) {
    const p0 = v128.load(value + i);
    const p1 = v128.load(value + i, 16);
    let g0 = f32x4.mul(v128.load(gradient + i), f32x4.splat(gradientScale));
    let g1 = f32x4.mul(v128.load(gradient + i, 16), f32x4.splat(gradientScale));
    // min and max return NaN if either argument is NaN, so that a NaN gradient stays visible.
    if (clips) {
      g0 = f32x4.max(f32x4.min(g0, f32x4.splat(clipValue)), f32x4.splat(-clipValue));
      g1 = f32x4.max(f32x4.min(g1, f32x4.splat(clipValue)), f32x4.splat(-clipValue));
    }
    g0 = f32x4.add(g0, f32x4.mul(p0, f32x4.splat(l2)));
    g1 = f32x4.add(g1, f32x4.mul(p1, f32x4.splat(l2)));
    const m0 = weighted(v128.load(first + i), beta1, g0, rest1);
    const m1 = weighted(v128.load(first + i, 16), beta1, g1, rest1);
    const v0 = weighted(v128.load(second + i), beta2, f32x4.mul(g0, g0), rest2);
    const v1 = weighted(v128.load(second + i, 16), beta2, f32x4.mul(g1, g1), rest2);
    v128.store(newFirst + i, m0);
    v128.store(newFirst + i, m1, 16);
    v128.store(newSecond + i, v0);
    v128.store(newSecond + i, v1, 16);
    const root0 = f32x4.add(f32x4.mul(f32x4.sqrt(v0), f32x4.splat(rootScale)), f32x4.splat(epsilon));
    const root1 = f32x4.add(f32x4.mul(f32x4.sqrt(v1), f32x4.splat(rootScale)), f32x4.splat(epsilon));
    const moved0 = f32x4.sub(
      f32x4.mul(p0, f32x4.splat(decay)),
      f32x4.div(f32x4.mul(m0, f32x4.splat(stepSize)), root0),
    );
    const moved1 = f32x4.sub(
      f32x4.mul(p1, f32x4.splat(decay)),
      f32x4.div(f32x4.mul(m1, f32x4.splat(stepSize)), root1),
    );
    if (average !== 0) {
      const kept0 = weighted(v128.load(average + i), ema, moved0, emaRest);
      const kept1 = weighted(v128.load(average + i, 16), ema, moved1, emaRest);
      v128.store(newAverage + i, kept0);
      v128.store(newAverage + i, kept1, 16);
    }
    v128.store(newValue + i, moved0);
    v128.store(newValue + i, moved1, 16);
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
