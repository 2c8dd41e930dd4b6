import {exp} from './exp.js';

const {fround} = Math;

/** Writes dy * sigmoid'(x) / t with x = logit / t and sigmoid'(x) = e / (1 + e)^2, e = exp(-|x|). */
export function sigmoidProducts(
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
