/** Adds each column's sum of `x` `[rows, columns]` to `out` `[columns]`. */
export function addRows(x: Float32Array, out: Float32Array): void {
  for (let begin = 0; begin < x.length; begin += out.length) {
    for (let column = 0; column < out.length; column++) out[column]! += x[begin + column]!;
  }
}
