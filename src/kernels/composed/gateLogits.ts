import {
  div,
  matMul,
  max,
  mul,
  softmax,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor2d,
} from '@tensorflow/tfjs-core';
import type {RandomKey} from '../pcg4d.js';
import {composedSampleCategory, composedSoftmaxJacobianProduct} from './categorical.js';

/** Of each gate's number, the bits that answer 00, 01, 10 and 11, `[16, 4]`. */
const ANSWERS = Array.from({length: 16}, (_, gate) =>
  [8, 4, 2, 1].map((bit) => ((gate & bit) === 0 ? 0 : 1)),
);

/** c0 to c3 of each gate's c0 + c1 a + c2 b + c3 ab, `[16, 4]`. */
const COEFFICIENTS = ANSWERS.map(([at00, at01, at10, at11]) => [
  at00!,
  at10! - at00!,
  at01! - at00!,
  at11! - at10! - (at01! - at00!),
]);

export function composedSampleGates(logits: Tensor, temperature: number, key: RandomKey): Tensor {
  return gateMixture(composedSampleCategory(logits, temperature, key));
}

export function composedGateLogitsGradient(sums: Tensor, logits: Tensor, temperature: number): Tensor {
  return composedSoftmaxJacobianProduct(gateMixtureGradient(sums), logits, temperature);
}

/** Each sample's |dL/dlogit| by itself, summed, mean over the sixteen logits, `[units]`. */
export function composedGateMagnitude(masses: Tensor, logits: Tensor, temperature: number): Tensor {
  const probs = softmax(div(sub(logits, max(logits, -1, true)), temperature));
  const ones = matMul(probs as Tensor2D, tensor2d(ANSWERS));
  const zeros = matMul(probs as Tensor2D, sub(1, tensor2d(ANSWERS)) as Tensor2D);
  return sum(mul(sumsAtTruthTableRows(masses), mul(mul(ones, zeros), 0.125 / temperature)), 1);
}

/** Weights of the sixteen gates, `[units, 16]`, to the coefficients of their mixture, `[units, 4]`. */
export function gateMixture(weights: Tensor): Tensor {
  return matMul(weights as Tensor2D, tensor2d(COEFFICIENTS));
}

/** dL/dweights `[units, 16]` of `gateMixture`, given dL/dcoefficients `[units, 4]`. */
export function gateMixtureGradient(dy: Tensor): Tensor {
  return matMul(dy as Tensor2D, tensor2d(COEFFICIENTS), false, true);
}

/** Sums of v, v a, v b and v ab, `[units, 4]`, as those at the corners 00, 01, 10 and 11. */
export function sumsAtTruthTableRows(sums: Tensor): Tensor {
  const atCorners = [
    [1, -1, -1, 1],
    [0, 0, 1, -1],
    [0, 1, 0, -1],
    [0, 0, 0, 1],
  ];
  return matMul(sums as Tensor2D, tensor2d(atCorners), false, true);
}
