import type {GateSizes} from './gateSizes.js';

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
  for (let row = 0, place = 0; row < rows; row++) {
    const from = row * inputs;
    for (let unit = 0; unit < units; unit++) {
      const toA = from + connections[2 * unit]!;
      const toB = from + connections[2 * unit + 1]!;
      const gradient = dy[place++]! * factor;
      const c = 4 * unit;
      const mixed = coefficients[c + 3]!;
      dx[toA]! += gradient * (coefficients[c + 1]! + mixed * x[toB]!);
      dx[toB]! += gradient * (coefficients[c + 2]! + mixed * x[toA]!);
    }
  }
}

/** Writes the sums over rows of dy, dy a, dy b and dy ab, `[units, 4]`. */
export function coefficientGradient(
  dy: Float32Array,
  x: Float32Array,
  connections: Int32Array,
  sums: Float32Array,
  {rows, inputs, units}: GateSizes,
): void {
  sums.fill(0);
  for (let row = 0, place = 0; row < rows; row++) {
    const from = row * inputs;
    for (let unit = 0; unit < units; unit++) {
      const gradient = dy[place++]!;
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
