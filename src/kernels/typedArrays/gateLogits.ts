import type {RandomKey} from '../pcg4d.js';
import {sampleCategory} from './categorical.js';
import {exp} from './exp.js';

/** The bit of a gate's number that answers each of the corners 00, 01, 10 and 11. */
const BITS = [8, 4, 2, 1] as const;

/** Writes the coefficients `[units, 4]` of the gates that `sampleCategory` draws; NaN where that is. */
export function sampleGates(
  logits: Float32Array,
  out: Float32Array,
  temperature: number,
  key: RandomKey,
): void {
  const drawn = new Float32Array(logits.length);
  sampleCategory(logits, drawn, 16, temperature, key);
  for (let to = 0, begin = 0; to < out.length; to += 4, begin += 16) {
    const gate = drawn.subarray(begin, begin + 16).indexOf(1);
    const [at00, at01, at10, at11] = BITS.map((bit) => ((gate & bit) === 0 ? 0 : 1)) as Four;
    const coefficients = [at00, at10 - at00, at01 - at00, at11 - at10 - (at01 - at00)];
    out.set(gate < 0 ? coefficients.fill(Number.NaN) : coefficients, to);
  }
}

/**
 * Writes dL/dlogits `[units, 16]` by the Jacobian of softmax(logits / t), given `sums`, dL/dcoefficients `[units, 4]`.
 *
 * With D_c = dL/d(a unit's answer at corner c), and P_c and Q_c the probabilities that it is 1 and 0, dL/dlogit_g is
 * p_g / t times the sum over corners of D_c Q_c where gate g answers 1, of -D_c P_c where it answers 0: nothing large
 * cancels, however peaked the distribution.
 *
 * @param watch `masses`: `sums` of |dy|, `[units, 4]`. `magnitude` gets each sample's |dL/dlogit| by itself, summed, mean
 *   over the sixteen logits, `[units]`: 2 P_c Q_c / (16 t) of the mass at each corner.
 */
export function gateLogitsGradient(
  sums: Float32Array,
  logits: Float32Array,
  out: Float32Array,
  temperature: number,
  watch?: {masses: Float32Array; magnitude: Float32Array},
): void {
  const weights = new Float32Array(16);
  for (let begin = 0, unit = 0; begin < logits.length; begin += 16, unit++) {
    let largest = logits[begin]!;
    for (let gate = 1; gate < 16; gate++) largest = Math.max(largest, logits[begin + gate]!);
    let total = 0;
    for (let gate = 0; gate < 16; gate++) {
      weights[gate] = exp(Math.fround((logits[begin + gate]! - largest) / temperature));
      total += weights[gate]!;
    }
    const changes = cornersOf(sums, 4 * unit);
    const ones = BITS.map((bit) => shareOf(weights, (gate) => (gate & bit) !== 0) / total) as Four;
    const zeros = BITS.map((bit) => shareOf(weights, (gate) => (gate & bit) === 0) / total) as Four;
    for (let gate = 0; gate < 16; gate++) {
      let sum = 0;
      for (let c = 0; c < 4; c++) sum += changes[c]! * ((gate & BITS[c]!) === 0 ? -ones[c]! : zeros[c]!);
      out[begin + gate] = ((weights[gate]! / total) * sum) / temperature;
    }
    if (watch === undefined) continue;
    const masses = cornersOf(watch.masses, 4 * unit);
    const reached = masses.reduce((sum, mass, c) => sum + mass * ones[c]! * zeros[c]!, 0);
    watch.magnitude[unit] = (0.125 * reached) / temperature;
  }
}

type Four = [number, number, number, number];

/** Sums of v, v a, v b and v ab as those at the corners 00, 01, 10 and 11. */
function cornersOf(sums: Float32Array, at: number): Four {
  const [plain, withA, withB, both] = sums.subarray(at, at + 4) as unknown as Four;
  return [plain - withA - (withB - both), withB - both, withA - both, both];
}

function shareOf(weights: Float32Array, counts: (gate: number) => boolean): number {
  let sum = 0;
  for (let gate = 0; gate < 16; gate++) if (counts(gate)) sum += weights[gate]!;
  return sum;
}
