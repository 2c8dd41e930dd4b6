/** Sum of the squares of all elements, in double precision. */
export function sumOfSquares(x: Float32Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i]! * x[i]!;
  return total;
}

/** Sums down each column of `x` `[rows, columns]`, plus what `onto` holds, into `out`, all `[columns]`. */
export function sumRows(x: Float32Array, out: Float32Array, onto?: Float32Array): void {
  if (onto === undefined) out.fill(0);
  else out.set(onto);
  for (let begin = 0; begin < x.length; begin += out.length) {
    for (let column = 0; column < out.length; column++) out[column]! += x[begin + column]!;
  }
}

/** Sums of magnitudes down each column of `x` `[rows, columns]` into `out` `[columns]`. */
export function sumAbsoluteRows(x: Float32Array, out: Float32Array): void {
  out.fill(0);
  for (let begin = 0; begin < x.length; begin += out.length) {
    for (let column = 0; column < out.length; column++) out[column]! += Math.abs(x[begin + column]!);
  }
}

/** Whether an element is NaN. */
export function hasNaN(x: Float32Array): boolean {
  for (let i = 0; i < x.length; i++) if (Number.isNaN(x[i])) return true;
  return false;
}
