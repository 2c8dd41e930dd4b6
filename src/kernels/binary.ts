import {add, cast, div, greater, less, mul, neg, sigmoid, sub, type Tensor} from '@tensorflow/tfjs-core';
import type {RandomKey} from './pcg4d.js';
import {randomUniform} from './random.js';
import {runKernel} from './run.js';

/**
 * 1 with probability sigmoid(logits / temperature), else 0; NaN where the logit is NaN.
 *
 * @param logits Any shape.
 * @param temperature Finite and > 0.
 */
export function drawBinary(logits: Tensor, temperature: number, key: RandomKey): Tensor {
  return runKernel('DiscreteDrawBinary', {logits}, {temperature, ...key}, () => {
    const probability = sigmoid(div(logits, temperature));
    const drawn = cast(less(randomUniform(logits.shape, key), probability), 'float32');
    return add(drawn, sub(probability, probability));
  });
}

/** 1 where the logit is > 0, else 0; NaN where the logit is NaN. */
export function mostLikelyBinary(logits: Tensor): Tensor {
  return runKernel('DiscreteMostLikelyBinary', {logits}, {}, () => {
    const probability = sigmoid(logits);
    return add(cast(greater(logits, 0), 'float32'), sub(probability, probability));
  });
}

/** dy * sigmoid'(logits / t) / t, exact in both tails. */
export function sigmoidJacobianProduct(dy: Tensor, logits: Tensor, temperature: number): Tensor {
  return runKernel('DiscreteSigmoidJacobianProduct', {dy, logits}, {temperature}, () => {
    const scaled = div(logits, temperature);
    return mul(dy, div(mul(sigmoid(scaled), sigmoid(neg(scaled))), temperature));
  });
}
