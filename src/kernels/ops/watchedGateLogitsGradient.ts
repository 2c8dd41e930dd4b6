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
  transpose,
} from '@tensorflow/tfjs-core';
import {GATE_TRUTH} from '../gateTable.js';
import {defineOp} from '../Op.js';
import {gateLogitsGradient} from './gateLogitsGradient.js';
import {sumsAtTruthTableRows} from './gateMixture.js';

/**
 * `gateLogitsGradient`, and how large every sample's own gradient is.
 *
 * Inputs: `sums`, dL/dcoefficients, `[units, 4]`; `absoluteSums`, the same sums of |dy|: over the batch of |dy|, |dy| a,
 * |dy| b and |dy| ab; `logits`, `[units, 16]`. Attributes: `temperature`, t.
 * Outputs: dL/dlogits, `[units, 16]`; and the sum over samples of |dL/dlogit|, mean over a unit's sixteen logits, `[units]`.
 */
export const watchedGateLogitsGradient = defineOp({
  kernelName: 'DiscreteWatchedGateLogitsGradient',
  shape: ({logits}) => [logits.shape, [logits.shape[0]!]],
  composed: (
    {sums, absoluteSums, logits}: {sums: Tensor; absoluteSums: Tensor; logits: Tensor},
    {temperature}: {temperature: number},
  ): Tensor[] => [
    gateLogitsGradient.composed({sums, logits}, {temperature}),
    magnitudeOf(absoluteSums, logits, temperature),
  ],
});

/** 2 P Q / (16 t) of the absolute sum in each row of the truth table, P and Q the probabilities of answering 1 and 0 there. */
function magnitudeOf(absoluteSums: Tensor, logits: Tensor, temperature: number): Tensor {
  const probabilities = softmax(div(sub(logits, max(logits, -1, true)), temperature)) as Tensor2D;
  const answers = transpose(tensor2d(GATE_TRUTH)) as Tensor2D;
  const ones = matMul(probabilities, answers);
  const zeros = matMul(probabilities, sub(1, answers) as Tensor2D);
  return sum(mul(sumsAtTruthTableRows(absoluteSums), mul(mul(ones, zeros), 0.125 / temperature)), 1);
}
