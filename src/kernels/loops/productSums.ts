import type {GateSizes} from '../GateSizes.js';

/** Writes the sums over rows of dy, dy a, dy b and dy ab, `[units, 4]`. */
export function productSums(
  dy: Float32Array,
  x: Float32Array,
  connections: Int32Array,
  sums: Float32Array,
  {rows, inputs, units}: GateSizes,
): void {
  sums.fill(0);
  for (let row = 0, i = 0; row < rows; row++) {
    const from = row * inputs;
    for (let unit = 0; unit < units; unit++) {
      const gradient = dy[i++]!;
      const a = x[from + connections[2 * unit]!]!;
      const b = x[from + connections[2 * unit + 1]!]!;
      const c = 4 * unit;
      sums[c]! += gradient;
      sums[c + 1]! += gradient * a;
      sums[c + 2]! += gradient * b;
      sums[c + 3]! += gradient * a * b;
    }
  }
}
