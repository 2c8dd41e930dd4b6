import {engine, memory, setBackend, type Tensor, tensor, tidy, util} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {expect} from 'vitest';

/** Shape, dtype and values of a disposed tensor. */
export interface Snapshot {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: number[];
}

/**
 * Runs `make` on one backend and checks that it leaves neither tensors nor memory of the backend behind. Afterwards the wasm
 * backend is current.
 */
export async function runOn(backendName: 'cpu' | 'wasm', make: () => Tensor | Tensor[]): Promise<Snapshot[]> {
  await setBackend(backendName);
  try {
    const tensorsBefore = memory().numTensors;
    const dataIdsBefore = engine().backend.numDataIds();
    const made = [tidy(make)].flat();
    const snapshots = made.map((each) => ({
      shape: each.shape,
      dtype: each.dtype,
      values: Array.from(each.dataSync()),
    }));
    for (const each of new Set(made)) each.dispose();
    expect(memory().numTensors, 'tensors left').toBe(tensorsBefore);
    expect(engine().backend.numDataIds(), 'memory left').toBe(dataIdsBefore);
    return snapshots;
  } finally {
    await setBackend('wasm');
  }
}

/**
 * Expects the same results on the wasm backend as on the cpu backend.
 *
 * @param tolerance Absolute. Not needed for small integers, which are exact in float32.
 */
export async function expectAsOnCpu(make: () => Tensor | Tensor[], tolerance = 0): Promise<void> {
  const expected = await runOn('cpu', make);
  const actual = await runOn('wasm', make);
  expect(actual.map(({shape, dtype}) => ({shape, dtype}))).toEqual(
    expected.map(({shape, dtype}) => ({shape, dtype})),
  );
  actual.forEach(({values}, i) => {
    const wanted = expected[i]!.values;
    const far = values.findIndex(
      (value, j) => !(Object.is(value, wanted[j]) || Math.abs(value - wanted[j]!) <= tolerance),
    );
    expect(far < 0 ? 'all close' : `output ${i}, element ${far}: ${values[far]}, not ${wanted[far]}`).toBe(
      'all close',
    );
  });
}

/** Checks a property for `cases` generated cases, which are the same in every run. */
export async function forAll<T>(
  cases: number,
  arbitrary: fc.Arbitrary<T>,
  check: (generated: T) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, check), {numRuns: cases, seed: 410_13331});
}

/** `length` integers from -4 to 4 that depend on `seed`: their products and short sums are exact. */
export function smallIntegers(length: number, seed: number): Float32Array {
  let state = seed | 0;
  return Float32Array.from({length}, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return ((state >>> 16) % 9) - 4;
  });
}

/** `smallIntegers` as a tensor. */
export function numbers(shape: number[], seed: number): Tensor {
  return tensor(smallIntegers(util.sizeFromShape(shape), seed), shape, 'float32');
}
