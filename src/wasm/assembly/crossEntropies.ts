import {sumRow} from './reduce';
import {Lanes, logs} from './transcendental';

/**
 * The cross-entropies of tfjs-layers and their gradients, in the order of its operations, so that the results agree to the last
 * bit. Predictions are clipped to low ... high.
 */

/**
 * Of n pairs of a prediction p and a label z: `max(x, 0) - x z + log(1 + e)` with `x = log(p / (1 - p))`, and `e = exp(-|x|)`.
 */
export function binaryCrossEntropies(
  predictions: usize,
  labels: usize,
  n: i32,
  low: f32,
  high: f32,
  entropies: usize,
  exponentials: usize,
): void {
  if (n < 1) return;
  const zero = n >> 31; // see transcendental.ts
  const size = (<usize>n) << 2;
  const whole = (<usize>(((n - 1) & 7) + 1)) << 2;
  let i: usize = 0;
  do {
    const x = Steps.logit(v128.load_splat<f32>(predictions + i), low, high, zero);
    const e = Lanes.exp(f32x4.neg(f32x4.abs(x)), zero);
    v128.store_lane<f32>(exponentials + i, e, 0);
    v128.store_lane<f32>(entropies + i, Steps.entropy(x, v128.load_splat<f32>(labels + i), e, zero), 0);
    i += 4;
  } while (i < whole);
  for (; i < size; i += 32) {
    const z0 = v128.load(labels + i),
      z1 = v128.load(labels + i, 16);
    const x0 = Steps.logit(v128.load(predictions + i), low, high, zero),
      x1 = Steps.logit(v128.load(predictions + i, 16), low, high, zero);
    const e0 = Lanes.exp(f32x4.neg(f32x4.abs(x0)), zero),
      e1 = Lanes.exp(f32x4.neg(f32x4.abs(x1)), zero);
    v128.store(exponentials + i, e0);
    v128.store(exponentials + i, e1, 16);
    const h0 = Steps.entropy(x0, z0, e0, zero),
      h1 = Steps.entropy(x1, z1, e1, zero);
    v128.store(entropies + i, h0);
    v128.store(entropies + i, h1, 16);
  }
}

/**
 * The gradient of the means of `columns` binary cross-entropies each, for all predictions.
 *
 * @param dy Address of the gradients of the `rows` means.
 * @param exponentials As `binaryCrossEntropies` wrote them.
 */
export function binaryCrossEntropyGradient(
  predictions: usize,
  labels: usize,
  exponentials: usize,
  dy: usize,
  rows: i32,
  columns: i32,
  low: f32,
  high: f32,
  to: usize,
): void {
  const width = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++, dy += 4) {
    const g = f32x4.splat(load<f32>(dy) / <f32>columns);
    const end = to + width;
    for (; to + 32 <= end; to += 32, predictions += 32, labels += 32, exponentials += 32) {
      const d0 = Steps.gradient(
          v128.load(predictions),
          v128.load(labels),
          v128.load(exponentials),
          g,
          low,
          high,
        ),
        d1 = Steps.gradient(
          v128.load(predictions, 16),
          v128.load(labels, 16),
          v128.load(exponentials, 16),
          g,
          low,
          high,
        );
      v128.store(to, d0);
      v128.store(to, d1, 16);
    }
    for (; to < end; to += 4, predictions += 4, labels += 4, exponentials += 4) {
      const p = v128.load_splat<f32>(predictions);
      const d = Steps.gradient(
        p,
        v128.load_splat<f32>(labels),
        v128.load_splat<f32>(exponentials),
        g,
        low,
        high,
      );
      v128.store_lane<f32>(to, d, 0);
    }
  }
}

/** Inlined into both of two neighbouring vectors. */
class Steps {
  /** log(p / (1 - p)). */
  @inline
  static logit(p: v128, low: f32, high: f32, zero: i32): v128 {
    const clipped = Steps.clip(p, low, high);
    return Lanes.log(f32x4.div(clipped, f32x4.sub(Lanes.number(1, zero), clipped)), zero);
  }

  @inline
  static clip(p: v128, low: f32, high: f32): v128 {
    return f32x4.min(f32x4.max(p, f32x4.splat(low)), f32x4.splat(high));
  }

  @inline
  static entropy(x: v128, z: v128, e: v128, zero: i32): v128 {
    const linear = f32x4.sub(f32x4.max(x, Lanes.number(0, zero)), f32x4.mul(x, z));
    return f32x4.add(linear, Lanes.log1p(e, zero));
  }

  /** By the chain rule, one operation of tfjs-layers after the other; e' is -e or e, as x is positive or not. */
  @inline
  static gradient(p: v128, z: v128, e: v128, g: v128, low: f32, high: f32): v128 {
    const one = f32x4.splat(1);
    const y = Steps.clip(p, low, high);
    const rest = f32x4.sub(one, y);
    const odds = f32x4.div(y, rest);
    const above = f32x4.gt(odds, one); // where x > 0
    const de = f32x4.mul(f32x4.div(g, f32x4.add(e, one)), e);
    const sign = f32x4.sub(v128.and(above, f32x4.splat(2)), one);
    const dx = f32x4.add(
      f32x4.add(f32x4.mul(f32x4.neg(g), z), f32x4.mul(f32x4.neg(de), sign)),
      f32x4.mul(g, v128.and(above, one)),
    );
    const dodds = f32x4.div(dx, odds);
    const drest = f32x4.neg(f32x4.div(f32x4.mul(dodds, y), f32x4.mul(rest, rest)));
    const d = f32x4.add(f32x4.div(dodds, rest), f32x4.neg(drest));
    return v128.and(d, v128.and(f32x4.ge(p, f32x4.splat(low)), f32x4.le(p, f32x4.splat(high))));
  }
}

/**
 * Of each of `rows` rows of `classes` outputs o and labels t: `-sum_j t_j log(p_j)` with `p = o / sum(o)`.
 *
 * @param scratch Address of `rows * classes` floats.
 */
export function categoricalCrossEntropies(
  outputs: usize,
  labels: usize,
  rows: i32,
  classes: i32,
  low: f32,
  high: f32,
  scratch: usize,
  to: usize,
): void {
  const width = (<usize>classes) << 2;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const from = outputs + row * width;
    const sum = sumRow(from, classes);
    for (let j: usize = 0; j < width; j += 4) {
      store<f32>(scratch + row * width + j, min(max(load<f32>(from + j) / sum, low), high));
    }
  }
  logs(scratch, rows * classes, scratch);
  for (let row = 0; row < rows; row++, scratch += width, to += 4) {
    for (let j: usize = 0; j < width; j += 4, labels += 4) {
      store<f32>(scratch + j, load<f32>(labels) * load<f32>(scratch + j));
    }
    store<f32>(to, -sumRow(scratch, classes));
  }
}

/**
 * The gradient of `categoricalCrossEntropies`.
 *
 * @param dy Address of the gradients of the `rows` cross-entropies.
 * @param scratch Address of `classes` floats.
 */
export function categoricalCrossEntropyGradient(
  outputs: usize,
  labels: usize,
  dy: usize,
  rows: i32,
  classes: i32,
  low: f32,
  high: f32,
  scratch: usize,
  to: usize,
): void {
  const width = (<usize>classes) << 2;
  for (let row = 0; row < rows; row++, dy += 4, outputs += width, labels += width, to += width) {
    const g = -load<f32>(dy);
    const sum = sumRow(outputs, classes);
    for (let j: usize = 0; j < width; j += 4) {
      const o = load<f32>(outputs + j);
      const p = o / sum;
      const d = p >= low && p <= high ? (g * load<f32>(labels + j)) / p : 0;
      store<f32>(to + j, d / sum);
      store<f32>(scratch + j, d * o);
    }
    const dsum = -(sumRow(scratch, classes) / (sum * sum));
    for (let j: usize = 0; j < width; j += 4) store<f32>(to + j, load<f32>(to + j) + dsum);
  }
}
