import {matMul, type Tensor, type Tensor2D, tensor2d} from '@tensorflow/tfjs-core';
import {GATE_COEFFICIENTS} from '../gateTable.js';

/** Weights of the sixteen gates, `[units, 16]`, to the coefficients of their mixture, `[units, 4]`. */
export function gateMixture(weights: Tensor): Tensor {
  return matMul(weights as Tensor2D, tensor2d(GATE_COEFFICIENTS));
}

/** dL/dweights `[units, 16]` of `gateMixture`, given dL/dcoefficients `[units, 4]`. */
export function gateMixtureGradient(dy: Tensor): Tensor {
  return matMul(dy as Tensor2D, tensor2d(GATE_COEFFICIENTS), false, true);
}

/** From sums of v, v a, v b and v ab to the sums of v where (a, b) is 00, 01, 10 and 11. */
const ROWS_FROM_PRODUCTS = [
  [1, -1, -1, 1],
  [0, 0, 1, -1],
  [0, 1, 0, -1],
  [0, 0, 0, 1],
];

/** Sums of v, v a, v b and v ab, `[units, 4]`, as those over each row of the truth table. */
export function sumsAtTruthTableRows(sums: Tensor): Tensor {
  return matMul(sums as Tensor2D, tensor2d(ROWS_FROM_PRODUCTS), false, true);
}
