import {mul, stack, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';

/**
 * What a step of TensorFlow.js's AdamOptimizer computes once for all variables.
 *
 * Inputs: `accBeta1` and `accBeta2`, the powers of beta1 and beta2, scalars. Attributes: `beta1`, `beta2`.
 * Outputs: both powers, `[2]`, for `tfjsAdamStep`; and the next step's powers, two scalars.
 */
export const tfjsAdamPowers = defineOp({
  kernelName: 'DiscreteTfjsAdamPowers',
  shape: () => [[2], [], []],
  composed: (
    {accBeta1, accBeta2}: {accBeta1: Tensor; accBeta2: Tensor},
    {beta1, beta2}: {beta1: number; beta2: number},
  ): Tensor[] => [stack([accBeta1, accBeta2]), mul(accBeta1, beta1), mul(accBeta2, beta2)],
});
