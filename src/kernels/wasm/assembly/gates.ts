import {coefficientGradient, evaluateGates, gateGradients} from './logicGates';
import {gateGradientsOnBits} from './packedGateGradients';
import {answerBits, evaluateGatesOnBits, packBits} from './packedGates';

/**
 * Gates in both passes: on bits where gates and inputs are such, else on floats.
 *
 * @param scratch Words for either way; `src/kernels/wasm/overRows.ts` counts them.
 * @param vectors See `logicGates.ts`.
 */
export function gates(
  x: usize,
  coefficients: usize,
  connections: usize,
  y: usize,
  scratch: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  vectors: i32,
): void {
  if (answerBits(coefficients, units) !== 0 && packBits(x, scratch, rows, inputs) !== 0) {
    const rest = scratch + packedBytes(rows, inputs);
    evaluateGatesOnBits(scratch, coefficients, connections, y, rest, rows, inputs, units);
  } else {
    evaluateGates(x, coefficients, connections, y, scratch, rows, inputs, units, vectors);
  }
}

/**
 * Gradients of `gates`: dx [rows, inputs], times `factor`; the sums [units, 4] over rows of dy, dy a, dy b and dy ab; and
 * the absoluteSums, the same sums of |dy|.
 *
 * @param coefficients May be 0 together with `dx`: then the sums alone are computed.
 * @param absoluteSums 0 if they are not wanted.
 */
export function gatesBackward(
  dy: usize,
  x: usize,
  coefficients: usize,
  connections: usize,
  dx: usize,
  sums: usize,
  absoluteSums: usize,
  scratch: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  vectors: i32,
  factor: f32,
): void {
  const bits = coefficients === 0 || answerBits(coefficients, units) !== 0;
  if (bits && packBits(x, scratch, rows, inputs) !== 0) {
    const rest = scratch + packedBytes(rows, inputs);
    gateGradientsOnBits(
      dy,
      scratch,
      coefficients,
      connections,
      dx,
      sums,
      absoluteSums,
      rest,
      rows,
      inputs,
      units,
      factor,
    );
  } else if (dx === 0) {
    coefficientGradient(dy, x, connections, sums, scratch, rows, inputs, units, vectors, absoluteSums);
  } else {
    gateGradients(
      dy,
      x,
      coefficients,
      connections,
      dx,
      sums,
      scratch,
      rows,
      inputs,
      units,
      vectors,
      factor,
      absoluteSums,
    );
  }
}

/** Bytes of the words of x, to a whole cache line. */
function packedBytes(rows: i32, inputs: i32): usize {
  return (((<usize>((rows + 31) >> 5) * inputs) << 2) + 63) & ~63;
}
