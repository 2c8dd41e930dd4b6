import type {Tensor} from '@tensorflow/tfjs-core';
import {composedBinaryMode, composedSampleBinary, composedSigmoidJacobianProduct} from './composed/binary.js';
import type {RandomKey} from './pcg4d.js';
import {runKernel} from './run.js';

/**
 * 1 with probability sigmoid(logits / temperature), else 0; NaN where the logit is NaN.
 *
 * @param logits Any shape.
 * @param temperature Finite and > 0.
 */
export function sampleBinary(logits: Tensor, temperature: number, key: RandomKey): Tensor {
  return runKernel('DiscreteDrawBinary', {logits}, {temperature, ...key}, () =>
    composedSampleBinary(logits, temperature, key),
  );
}

/** 1 where the logit is > 0, else 0; NaN where the logit is NaN. */
export function binaryMode(logits: Tensor): Tensor {
  return runKernel('DiscreteMostLikelyBinary', {logits}, {}, () => composedBinaryMode(logits));
}

/** dy * sigmoid'(logits / t) / t, exact in both tails. */
export function sigmoidJacobianProduct(dy: Tensor, logits: Tensor, temperature: number): Tensor {
  return runKernel('DiscreteSigmoidJacobianProduct', {dy, logits}, {temperature}, () =>
    composedSigmoidJacobianProduct(dy, logits, temperature),
  );
}
