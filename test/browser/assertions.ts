import type {Tensor} from '@tensorflow/tfjs-core';

/** @throws an error with `message` unless `condition` holds. */
export function ensure(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** The numbers of a tensor, which is disposed. They come when the device is done: WebGPU has no other way. */
export async function take(x: Tensor): Promise<number[]> {
  const values = [...(await x.data())];
  x.dispose();
  return values;
}

/** Largest |a - b|; NaN where one of them is, Infinity where they differ in number. */
export function largestError(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((largest, value, i) => {
    const error = Math.abs(value - b[i]!);
    return Number.isNaN(error) || error > largest ? error : largest;
  }, 0);
}

/** Cuts `values` into rows of `width`. */
export function rowsOf(values: readonly number[], width: number): number[][] {
  return Array.from({length: values.length / width}, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  );
}

/** Whether a row holds one 1 and zeros. */
export function isOneHot(row: readonly number[]): boolean {
  return row.every((value) => value === 0 || value === 1) && row.filter((value) => value === 1).length === 1;
}
