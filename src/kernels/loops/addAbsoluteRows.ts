/** Adds each column's sum of magnitudes of `x` `[rows, columns]` to `out` `[columns]`. */
export function addAbsoluteRows(x: Float32Array, out: Float32Array): void {
  for (let begin = 0; begin < x.length; begin += out.length) {
    for (let column = 0; column < out.length; column++) out[column]! += Math.abs(x[begin + column]!);
  }
}
