import {backend, engine, getBackend, getKernel, type Tensor, type TensorInfo} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {expect} from 'vitest';

export * from './cases.js';

/** Runs 500 generated cases, the same ones every time. */
export function forGenerated<T>(cases: fc.Arbitrary<T>, check: (one: T) => void): void {
  fc.assert(fc.property(cases, check), {numRuns: 500, seed: 20241016});
}

/** Runs the current backend's kernel with a stand-in for that backend, and makes tensors of what it returns. */
export function runOn(
  standIn: object,
  name: string,
  inputs: Record<string, Tensor>,
  attributes: object = {},
): Tensor[] {
  const {kernelFunc} = getKernel(name, getBackend())!;
  const output = kernelFunc({inputs, attrs: attributes as never, backend: standIn as never});
  const outputs = (Array.isArray(output) ? output : [output]) as TensorInfo[];
  return outputs.map((info) => engine().makeTensorFromTensorInfo(info, backend()));
}

/** Every element within `allowed(i)` of the expected one; NaN where NaN is expected. */
export function expectWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: (i: number) => number,
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    const fits = Number.isNaN(e) ? Number.isNaN(a) : Math.abs(a - e) <= allowed(i);
    if (!fits) expect.fail(`element ${i} is ${a}, expected ${e} within ${allowed(i)}`);
  }
}
