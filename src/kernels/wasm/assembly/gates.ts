import {coefficientGradient, evaluateGates, gateGradients} from './logicGates';
import {gateGradientsOnBits} from './packedGateGradients';
import {answerBits, evaluateGatesOnBits, packBits} from './packedGates';

/**
 * Gates in both passes: on bits where gates and inputs are such, else on floats.
 *
 * @param words Where x is packed into bits, or is to be packed; 0 if nobody keeps it: then that happens in scratch memory.
 * @param isPacked 1 if `words` has x already.
 * @param yWords Where y is to be packed into bits, or 0.
 * @param scratch Words for either way; `src/kernels/wasm/overRows.ts` counts them.
 * @param vectors See `logicGates.ts`.
 * @returns 1 if they ran on bits, so that `words` and `yWords` have them; else 0.
 */
export function gates(
  x: usize,
  words: usize,
  isPacked: i32,
  coefficients: usize,
  connections: usize,
  y: usize,
  yWords: usize,
  scratch: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  vectors: i32,
): i32 {
  const packed = words ? words : scratch;
  if (answerBits(coefficients, units) !== 0 && (isPacked || packBits(x, packed, rows, inputs)) !== 0) {
    const rest = words ? scratch : scratch + packedBytes(rows, inputs);
    const step = yWords ? (<usize>units) << 2 : 0;
    evaluateGatesOnBits(
      packed,
      coefficients,
      connections,
      y,
      yWords ? yWords : rest,
      step,
      rows,
      inputs,
      units,
    );
    return 1;
  }
  evaluateGates(x, coefficients, connections, y, scratch, rows, inputs, units, vectors);
  return 0;
}

/**
 * Gradients of `gates`: dx [rows, inputs], times `factor`; the sums [units, 4] over rows of dy, dy a, dy b and dy ab; and
 * the absoluteSums, the same sums of |dy|.
 *
 * @param words As for `gates`, as is `isPacked`.
 * @param coefficients May be 0 together with `dx`: then the sums alone are computed.
 * @param absoluteSums 0 if they are not wanted.
 * @returns 1 if it ran on bits, so that `words` has those of x; else 0.
 */
export function gatesBackward(
  dy: usize,
  x: usize,
  words: usize,
  isPacked: i32,
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
): i32 {
  const bits = coefficients === 0 || answerBits(coefficients, units) !== 0;
  const packed = words ? words : scratch;
  if (bits && (isPacked || packBits(x, packed, rows, inputs)) !== 0) {
    gateGradientsOnBits(
      dy,
      packed,
      coefficients,
      connections,
      dx,
      sums,
      absoluteSums,
      words ? scratch : scratch + packedBytes(rows, inputs),
      rows,
      inputs,
      units,
      factor,
    );
    return 1;
  }
  if (dx === 0) {
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
  return 0;
}

/** Bytes of the words of x, to a whole cache line. */
function packedBytes(rows: i32, inputs: i32): usize {
  return (((<usize>((rows + 31) >> 5) * inputs) << 2) + 63) & ~63;
}
