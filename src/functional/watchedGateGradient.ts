import {abs, add, mean, mul, stack, sum, type Tensor, tensor1d, tidy, zerosLike} from '@tensorflow/tfjs-core';
import {sumsAtTruthTableRows, TRUTH_TABLE_ROWS, watchedGateLogitsGradient} from '../kernels/index.js';
import type {BackwardContext, Rule} from './estimators/index.js';

/**
 * The rule's gradient with respect to the logits, and the sum over samples of |dL/dlogit|, mean over a unit's sixteen.
 *
 * A sample's gradient is dy J^T T_r, where T_r holds every gate's output in the sample's row r of the truth table. So four
 * numbers per unit, one per row, serve a batch of any size.
 *
 * @param sums dL/dcoefficients, `[units, 4]`.
 * @param absoluteSums The sums over samples of |dy|, |dy| a, |dy| b and |dy| ab, `[units, 4]`.
 */
export function watchedGateGradient(
  rule: Pick<Rule, 'backward' | 'jacobianAt'>,
  sums: Tensor,
  absoluteSums: Tensor,
  context: BackwardContext,
): [dlogits: Tensor, magnitude: Tensor] {
  if (rule.jacobianAt !== undefined) {
    const logits = rule.jacobianAt(context);
    const {backward: temperature} = context.temperatures;
    return watchedGateLogitsGradient({sums, absoluteSums, logits}, {temperature}) as [Tensor, Tensor];
  }
  const magnitude = tidy(() => {
    const reached = TRUTH_TABLE_ROWS.map(([a, b]) => {
      // A sum spreads the row over the units; Tile is thirty times slower on wasm.
      const row = add(zerosLike(sums), tensor1d([1, a, b, a * b]));
      return mean(abs(rule.backward(row as Tensor, context)), 1);
    });
    return sum(mul(stack(reached, 1), sumsAtTruthTableRows(absoluteSums)), 1) as Tensor;
  });
  return [rule.backward(sums, context), magnitude];
}
