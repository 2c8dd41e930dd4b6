import type {TensorInfo} from '@tensorflow/tfjs-core';
import {gateLogitsGradient} from '../ops/gateLogitsGradient.js';
import {GATE_WEIGHTS} from './gateWeights.js';
import {float, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** The sum of a unit's weights, and the probabilities that it outputs 1 and 0 in each row of its truth table. */
export const GATE_PROBABILITIES = `
  ${GATE_WEIGHTS}
  vec4 ones = vec4(0.0);
  vec4 zeros = vec4(0.0);
  float total = 0.0;

  vec4 rowsOf(vec4 sums) {
    float withoutB = sums.x - sums.y;
    return vec4(withoutB - (sums.z - sums.w), sums.z - sums.w, sums.y - sums.w, sums.w);
  }

  vec4 bitsOf(int gate) {
    return vec4(gate >> 3 & 1, gate >> 2 & 1, gate >> 1 & 1, gate & 1);
  }

  bool isUndefinedAt(int unit) {
    bool isUndefined = weigh(unit).isUndefined;
    for (int gate = 0; gate < 16; gate++) {
      total += weights[gate];
      ones += weights[gate] * bitsOf(gate);
      zeros += weights[gate] * (1.0 - bitsOf(gate));
    }
    ones /= total;
    zeros /= total;
    return isUndefined;
  }
`;

export const gateLogitsGradientOnWebGl = gateLogitsGradient.kernelOn<WebGlBackend>(
  'webgl',
  ({sums, logits}, {temperature}, backend) => logitsGradient(backend, sums, logits, temperature),
);

/** dL/dlogits, `[units, 16]`, by the formula of `gateLogitsGradients` on cpu; every element by itself. */
export function logitsGradient(
  backend: WebGlBackend,
  sums: TensorInfo,
  logits: TensorInfo,
  temperature: number,
): TensorInfo {
  return runProgram(backend, {
    inputs: {sums, logits},
    uniforms: {temperature: float(temperature)},
    shape: logits.shape,
    declarations: GATE_PROBABILITIES,
    main: `
      int unit = index / 16;
      if (isUndefinedAt(unit)) { return NAN; }
      int gate = index % 16;
      int c = 4 * unit;
      vec4 changes = rowsOf(vec4(getSums(c), getSums(c + 1), getSums(c + 2), getSums(c + 3)));
      float sum = dot(changes, mix(-ones, zeros, bitsOf(gate)));
      return weights[gate] / total * sum / temperature;`,
  });
}
