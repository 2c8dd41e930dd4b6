import {GATE_TRUTH} from '../gateTable.js';
import {exp} from './exp.js';

/**
 * Writes dL/dlogits `[units, 16]` by the Jacobian of softmax(logits / t), given `sums`, dL/dcoefficients `[units, 4]`.
 *
 * With D_r = dL/d(a unit's output in row r of its truth table), and P_r and Q_r the probabilities that it is 1 and 0,
 * dL/dlogit_g is p_g / t times the sum over rows of D_r Q_r where gate g outputs 1, of -D_r P_r where it outputs 0: nothing
 * large cancels, however peaked the distribution.
 *
 * @param watched `absoluteSums`: the `sums` of |dy|, `[units, 4]`. `magnitude` gets each sample's |dL/dlogit| by itself,
 *   summed, mean over the sixteen logits, `[units]`: 2 P_r Q_r / (16 t) of the absolute sum in each row.
 */
export function gateLogitsGradients(
  sums: Float32Array,
  logits: Float32Array,
  out: Float32Array,
  temperature: number,
  watched?: {absoluteSums: Float32Array; magnitude: Float32Array},
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
    const changes = truthTableRows(sums, 4 * unit);
    const ones = GATE_TRUTH.map((answers) => shareOf(weights, answers, 1) / total);
    const zeros = GATE_TRUTH.map((answers) => shareOf(weights, answers, 0) / total);
    for (let gate = 0; gate < 16; gate++) {
      let sum = 0;
      for (let row = 0; row < 4; row++) {
        sum += changes[row]! * (GATE_TRUTH[row]![gate] === 0 ? -ones[row]! : zeros[row]!);
      }
      out[begin + gate] = ((weights[gate]! / total) * sum) / temperature;
    }
    if (watched === undefined) continue;
    const reached = truthTableRows(watched.absoluteSums, 4 * unit).reduce(
      (sum, absolute, row) => sum + absolute * ones[row]! * zeros[row]!,
      0,
    );
    watched.magnitude[unit] = (0.125 * reached) / temperature;
  }
}

/** Sums of v, v a, v b and v ab as those in rows 00, 01, 10 and 11 of the truth table. */
function truthTableRows(sums: Float32Array, at: number): number[] {
  const [plain, withA, withB, both] = sums.subarray(at, at + 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  return [plain - withA - (withB - both), withB - both, withA - both, both];
}

/** Weight of the gates whose output is `answer`. */
function shareOf(weights: Float32Array, answers: readonly number[], answer: 0 | 1): number {
  let sum = 0;
  for (let gate = 0; gate < 16; gate++) if (answers[gate] === answer) sum += weights[gate]!;
  return sum;
}
