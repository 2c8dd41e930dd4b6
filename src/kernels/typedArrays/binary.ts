import {fillUniform, type RandomKey} from '../pcg4d.js';
import {exp} from './exp.js';

const {fround} = Math;

/**
 * Writes 1 with probability sigmoid(logit / temperature), else 0; NaN where the logit is NaN.
 *
 * With e = exp(-|logit / temperature|) the probability is 1 / (1 + e), or e / (1 + e) on the negative side.
 */
export function sampleBinary(
  logits: Float32Array,
  out: Float32Array,
  temperature: number,
  key: RandomKey,
): void {
  fillUniform(out, key);
  const divisor = fround(temperature);
  for (let i = 0; i < out.length; i++) {
    const x = fround(logits[i]! / divisor);
    const e = exp(-Math.abs(x));
    const point = fround(out[i]! * fround(1 + e));
    out[i] = (point < (x < 0 ? e : 1) ? 1 : 0) + (e - e);
  }
}

/** Writes 1 where the logit is > 0, else 0; NaN where the logit is NaN. */
export function binaryMode(logits: Float32Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const x = logits[i]!;
    out[i] = x > 0 ? 1 : x <= 0 ? 0 : Number.NaN;
  }
}

/** Writes dy * sigmoid'(x) / t with x = logit / t and sigmoid'(x) = e / (1 + e)^2, e = exp(-|x|). */
export function sigmoidJacobianProduct(
  dy: Float32Array,
  logits: Float32Array,
  out: Float32Array,
  temperature: number,
): void {
  const divisor = fround(temperature);
  for (let i = 0; i < out.length; i++) {
    const e = exp(-Math.abs(fround(logits[i]! / divisor)));
    const sum = fround(1 + e);
    out[i] = dy[i]! * fround(e / fround(fround(sum * sum) * divisor));
  }
}
