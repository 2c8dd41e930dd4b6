import {GATE_COEFFICIENTS} from '../gateTable.js';
import {sampleCategories} from './sampleCategories.js';

/** Writes the coefficients `[units, 4]` of the gates that `sampleCategories` samples; NaN where that is. */
export function sampledCoefficients(
  logits: Float32Array,
  uniforms: Float32Array,
  out: Float32Array,
  temperature: number,
): void {
  const oneHot = new Float32Array(logits.length);
  sampleCategories(logits, uniforms, oneHot, 16, temperature);
  for (let to = 0, begin = 0; to < out.length; to += 4, begin += 16) {
    const gate = oneHot.subarray(begin, begin + 16).indexOf(1);
    if (gate < 0) out.fill(Number.NaN, to, to + 4);
    else out.set(GATE_COEFFICIENTS[gate]!, to);
  }
}
