import {exp} from './exp.js';

/** Sizes of a batch of gates: `x` is `[rows, inputs]`, `y` is `[rows, units]`. */
export interface GateSizes {
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
}

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

/** Writes the sums over rows of |dy (s0 + s1 a + s2 b + s3 ab)|, `[units]`. */
export function gradientMagnitude(
  dy: Float32Array,
  x: Float32Array,
  sensitivity: Float32Array,
  connections: Int32Array,
  sums: Float32Array,
  {rows, inputs, units}: GateSizes,
): void {
  sums.fill(0);
  for (let row = 0, place = 0; row < rows; row++) {
    const from = row * inputs;
    for (let unit = 0; unit < units; unit++) {
      const a = x[from + connections[2 * unit]!]!;
      const b = x[from + connections[2 * unit + 1]!]!;
      const s = 4 * unit;
      const constant = sensitivity[s]! + sensitivity[s + 2]! * b;
      const rate = constant + a * (sensitivity[s + 1]! + sensitivity[s + 3]! * b);
      sums[unit]! += Math.abs(dy[place++]! * rate);
    }
  }
}

/**
 * Writes how much of each |dy| reaches a gate logit, mean over the sixteen, as s0 to s3 of
 * s0 + s1 a + s2 b + s3 ab, `[units, 4]`.
 *
 * At corner c it is 2 P (1 - P) / (16 t), P the probability at t of the gates that answer 1 there.
 */
export function gateSensitivity(logits: Float32Array, out: Float32Array, temperature: number): void {
  const weights = new Float32Array(16);
  const scale = 0.125 / temperature;
  for (let begin = 0, to = 0; begin < logits.length; begin += 16, to += 4) {
    let largest = logits[begin]!;
    for (let gate = 1; gate < 16; gate++) largest = Math.max(largest, logits[begin + gate]!);
    let total = 0;
    for (let gate = 0; gate < 16; gate++) {
      weights[gate] = exp(Math.fround((logits[begin + gate]! - largest) / temperature));
      total += weights[gate]!;
    }
    const at = (bit: number): number => {
      let ones = 0;
      let zeros = 0;
      for (let gate = 0; gate < 16; gate++) {
        if ((gate & bit) === 0) zeros += weights[gate]!;
        else ones += weights[gate]!;
      }
      return (scale * ones * zeros) / (total * total);
    };
    const [at00, at01, at10, at11] = [at(8), at(4), at(2), at(1)];
    out[to] = at00;
    out[to + 1] = at10 - at00;
    out[to + 2] = at01 - at00;
    out[to + 3] = at11 - at10 - (at01 - at00);
  }
}
