import {GATE_COEFFICIENTS} from '../gateTable.js';
import {sampleGates} from '../ops/sampleGates.js';
import {fillUniform} from '../pcg4d.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';
import {sampleCategories} from './sampleCategory.js';

export const sampleGatesOnCpu = sampleGates.kernelOn<CpuBackend>(
  'cpu',
  ({logits}, {temperature, ...key}, backend) => {
    const [output, out] = makeOutput(backend, sampleGates.shape({logits}, {temperature, ...key}));
    const uniforms = fillUniform(new Float32Array(logits.shape[0]!), key);
    sampledCoefficients(floatsOf(backend, logits), uniforms, out, temperature);
    return output;
  },
);

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
