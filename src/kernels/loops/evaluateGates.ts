import type {GateSizes} from '../GateSizes.js';

/** Writes y = c0 + c1 a + c2 b + c3 ab. */
export function evaluateGates(
  x: Float32Array,
  coefficients: Float32Array,
  connections: Int32Array,
  y: Float32Array,
  {rows, inputs, units}: GateSizes,
): void {
  for (let row = 0, to = 0; row < rows; row++) {
    const from = row * inputs;
    for (let unit = 0; unit < units; unit++) {
      const a = x[from + connections[2 * unit]!]!;
      const b = x[from + connections[2 * unit + 1]!]!;
      const c = 4 * unit;
      const constant = coefficients[c]! + coefficients[c + 2]! * b;
      y[to++] = constant + a * (coefficients[c + 1]! + coefficients[c + 3]! * b);
    }
  }
}
