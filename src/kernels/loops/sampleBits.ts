import {exp} from './exp.js';

const {fround} = Math;

/**
 * Writes 1 with probability sigmoid(logit / temperature), else 0; NaN where the logit is NaN.
 *
 * With e = exp(-|logit / temperature|) the probability is 1 / (1 + e), or e / (1 + e) on the negative side.
 *
 * @param out Holds one uniform per logit.
 */
export function sampleBits(logits: Float32Array, out: Float32Array, temperature: number): void {
  const divisor = fround(temperature);
  for (let i = 0; i < out.length; i++) {
    const x = fround(logits[i]! / divisor);
    const e = exp(-Math.abs(x));
    const point = fround(out[i]! * fround(1 + e));
    out[i] = (point < (x < 0 ? e : 1) ? 1 : 0) + (e - e);
  }
}
