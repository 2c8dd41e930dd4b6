import {sigmoidJacobianProduct} from '../ops/sigmoidJacobianProduct.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';
import {exp} from './exp.js';

const {fround} = Math;

export const sigmoidJacobianProductOnCpu = sigmoidJacobianProduct.kernelOn<CpuBackend>(
  'cpu',
  ({dy, logits}, {temperature}, backend) => {
    const [output, out] = makeOutput(backend, sigmoidJacobianProduct.shape({dy, logits}, {temperature}));
    sigmoidProducts(floatsOf(backend, dy), floatsOf(backend, logits), out, temperature);
    return output;
  },
);

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
