// Registers the gradients of TensorFlow.js's own ops, as importing tfjs-discrete does.
import '@tensorflow/tfjs-layers';
import {abs, max, memory, sub, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {expect} from 'vitest';
import {registerKernels, unregisterKernels} from '../../src/kernels/index.js';

/** The two ways in which the mathematics runs: by TensorFlow.js's ops, and by this package's own kernels. */
export const KERNEL_FORMS = [
  ['composed', unregisterKernels],
  ['fast', registerKernels],
] as const;

/** The numbers of a tensor, which is disposed. */
export function valuesOf(x: Tensor): Float32Array {
  const values = Float32Array.from(x.dataSync());
  x.dispose();
  return values;
}

/** Cuts `values` into rows of `width`. */
export function rowsOf(values: ArrayLike<number>, width: number): number[][] {
  return Array.from({length: values.length / width}, (_, row) =>
    Array.from({length: width}, (_, column) => values[row * width + column]!),
  );
}

export function norm(values: ArrayLike<number>): number {
  return Math.hypot(...Array.from(values));
}

/**
 * Every row within `tolerance` of the expected one, as a share of the expected row's L2 norm; `floor` is
 * an absolute error allowed besides.
 */
export function expectRows(
  actual: ArrayLike<number>,
  expected: readonly (readonly number[])[],
  tolerance: number,
  floor = 0,
): void {
  const width = expected[0]!.length;
  expect(actual.length).toBe(expected.length * width);
  rowsOf(actual, width).forEach((row, i) => {
    const error = norm(row.map((value, j) => value - expected[i]![j]!));
    const allowed = tolerance * norm(expected[i]!) + floor;
    expect(error <= allowed, `row ${i}: ${row} is ${error} from ${expected[i]}, allowed ${allowed}`).toBe(
      true,
    );
  });
}

/** A share of `hits` in `n` independent samples within four standard errors of `probability`. */
export function expectFrequency(hits: number, n: number, probability: number): void {
  const variance = n * probability * (1 - probability);
  const error = Math.abs(hits - n * probability);
  // Below nine expected hits the count is skewed as Poisson's is: with three more, P(beyond) is 6e-5 or less again.
  const allowed = 4 * Math.sqrt(variance) + (variance < 9 ? 3 : 0);
  expect(error <= allowed, `${hits} of ${n} where ${probability * n} were expected`).toBe(true);
}

/** Mean and its standard error. */
export function meanAndError(values: ArrayLike<number>): {mean: number; error: number} {
  const all = Array.from(values);
  const mean = all.reduce((total, value) => total + value, 0) / all.length;
  const variance = all.reduce((total, value) => total + (value - mean) ** 2, 0) / (all.length - 1);
  return {mean, error: Math.sqrt(variance / all.length)};
}

/** softmax in float64. */
export function softmaxOf(logits: readonly number[], temperature = 1): number[] {
  const top = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp((logit - top) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

export function sigmoidOf(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/**
 * Central differences of sum(f(x) dy) by each element of `x`, at distance `h`.
 *
 * The error is h^2 / 6 times the third derivative, plus the rounding of f over 2 h.
 */
export function centralDifference(f: (x: Tensor) => Tensor, x: Tensor, dy: Tensor, h: number): number[] {
  const weights = dy.dataSync();
  const base = x.dataSync();
  const lossAt = (index: number, shift: number) => {
    const moved = Float32Array.from(base);
    moved[index]! += shift;
    const y = tidy(() => Array.from(f(tensor(moved, x.shape)).dataSync()));
    return y.reduce((total, value, i) => total + value * weights[i]!, 0);
  };
  return Array.from(base, (_, index) => (lossAt(index, h) - lossAt(index, -h)) / (2 * h));
}

/** Numbers between -scale and scale that look arbitrary and are exact in float32: multiples of 1/64. */
export function arbitrary(shape: number[], scale: number, phase = 0): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const at = (i: number) => Math.round(64 * scale * Math.sin(12.9898 * (i + 1) + 78.233 * (phase + 1))) / 64;
  return tensor(
    Array.from({length: size}, (_, i) => at(i)),
    shape,
  );
}

/** Largest distance between two tensors of one shape. */
export function distance(a: Tensor, b: Tensor): number {
  return tidy(() => max(abs(sub(a, b))).dataSync()[0]!);
}

/** Runs `work` and says how many tensors it left behind. */
export function tensorsLeftBy(work: () => void): number {
  const before = memory().numTensors;
  work();
  return memory().numTensors - before;
}
