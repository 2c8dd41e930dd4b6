import type {GateSizes} from '../GateSizes.js';

/** Writes dL/dx, `[rows, inputs]`, times `factor`. */
export function inputGradient(
  dy: Float32Array,
  x: Float32Array,
  coefficients: Float32Array,
  connections: Int32Array,
  dx: Float32Array,
  factor: number,
  {rows, inputs, units}: GateSizes,
): void {
  dx.fill(0);
  for (let row = 0, i = 0; row < rows; row++) {
    const from = row * inputs;
    for (let unit = 0; unit < units; unit++) {
      const toA = from + connections[2 * unit]!;
      const toB = from + connections[2 * unit + 1]!;
      const gradient = dy[i++]! * factor;
      const c = 4 * unit;
      const mixed = coefficients[c + 3]!;
      dx[toA]! += gradient * (coefficients[c + 1]! + mixed * x[toB]!);
      dx[toB]! += gradient * (coefficients[c + 2]! + mixed * x[toA]!);
    }
  }
}
