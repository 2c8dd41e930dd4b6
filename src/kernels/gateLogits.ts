import {type Tensor, tidy} from '@tensorflow/tfjs-core';
import {
  composedGateLogitsGradient,
  composedGateMagnitude,
  composedSampleGates,
} from './composed/gateLogits.js';
import type {RandomKey} from './pcg4d.js';
import {hasKernel, runFast, runKernel} from './run.js';

export {gateMixture, gateMixtureGradient, sumsAtTruthTableRows} from './composed/gateLogits.js';

const GRADIENT = 'DiscreteGateLogitsGradient';

/**
 * Draws each unit's gate as `sampleCategory` does.
 *
 * @param logits `[units, 16]`.
 * @returns The gate's c0 to c3 of c0 + c1 a + c2 b + c3 ab, `[units, 4]`; NaN where a row has no distribution.
 */
export function sampleGates(logits: Tensor, temperature: number, key: RandomKey): Tensor {
  return runKernel('DiscreteDrawGates', {logits}, {temperature, ...key}, () =>
    composedSampleGates(logits, temperature, key),
  );
}

/**
 * J(t)^T dz of every unit's logits, dz being what dL/dcoefficients says of the sixteen gates.
 *
 * @param sums dL/dcoefficients, `[units, 4]`.
 * @returns dL/dlogits, `[units, 16]`.
 */
export function gateLogitsGradient(sums: Tensor, logits: Tensor, temperature: number): Tensor {
  return runKernel(GRADIENT, {sums, logits}, {temperature}, () =>
    composedGateLogitsGradient(sums, logits, temperature),
  );
}

/**
 * `gateLogitsGradient`, and what each sample by itself would add to it.
 *
 * @param masses The sums over rows of |dy|, |dy| a, |dy| b and |dy| ab, `[units, 4]`.
 * @returns dL/dlogits; and the sum over samples of |dL/dlogit|, mean over a unit's sixteen logits, `[units]`.
 */
export function watchedGateLogitsGradient(
  sums: Tensor,
  masses: Tensor,
  logits: Tensor,
  temperature: number,
): [dlogits: Tensor, magnitude: Tensor] {
  return tidy(() =>
    hasKernel(GRADIENT)
      ? (runFast(GRADIENT, {sums, masses, logits}, {temperature}) as [Tensor, Tensor])
      : [
          composedGateLogitsGradient(sums, logits, temperature),
          composedGateMagnitude(masses, logits, temperature),
        ],
  );
}
