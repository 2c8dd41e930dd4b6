import {fillUniform, type RandomKey} from '../functional/random.js';
import {invalid} from '../functional/validate.js';

/** How gate logits are initialized. */
export const GATE_INITIALIZERS = ['residual', 'randomNormal'] as const;
/** A name of `GATE_INITIALIZERS`. */
export type GateInitializer = (typeof GATE_INITIALIZERS)[number];

/** Id of the gate that passes its first input on. */
const PASS_A = 3;

/**
 * Of the 15 other gates 7 agree with A in any truth-table row, so an output that equals A with probability p needs
 * gate A with probability (15p - 7) / 8.
 *
 * @throws unless 7/15 < `probability` < 1.
 */
export function checkResidualProbability(owner: string, probability: unknown): number {
  if (typeof probability === 'number' && probability > 7 / 15 && probability < 1) return probability;
  throw invalid(owner, 'residualProbability', 'a number between 7/15 and 1', probability);
}

/**
 * Initial logits, `[units, 16]` in row-major order.
 *
 * `residual`: gate A's logit is t (log(15p - 7) - log(1 - p)), the others 0, so that at temperature t a unit's
 * output equals its first input with probability p. `randomNormal`: standard normal, as in difflogic.
 *
 * @see Petersen et al., "Convolutional Differentiable Logic Gate Networks", arXiv:2411.04732, on residual
 *   initialisation; Petersen et al., arXiv:2210.08277.
 */
export function initialGates(
  kind: GateInitializer,
  units: number,
  residualProbability: number,
  temperature: number,
  key: RandomKey,
): Float32Array {
  const logits = new Float32Array(units * 16);
  if (kind === 'residual') {
    const passA = temperature * (Math.log(15 * residualProbability - 7) - Math.log(1 - residualProbability));
    for (let unit = 0; unit < units; unit++) logits[unit * 16 + PASS_A] = passA;
    return logits;
  }
  const u = fillUniform(new Float32Array(logits.length), key);
  for (let pair = 0; pair < u.length; pair += 2) {
    const radius = Math.sqrt(-2 * Math.log(u[pair]!)); // Box and Muller
    logits[pair] = radius * Math.cos(2 * Math.PI * u[pair + 1]!);
    logits[pair + 1] = radius * Math.sin(2 * Math.PI * u[pair + 1]!);
  }
  return logits;
}
