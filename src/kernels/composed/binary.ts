import {add, cast, div, greater, less, mul, neg, sigmoid, sub, type Tensor} from '@tensorflow/tfjs-core';
import type {RandomKey} from '../pcg4d.js';
import {randomUniform} from '../random.js';

export function composedSampleBinary(logits: Tensor, temperature: number, key: RandomKey): Tensor {
  const probability = sigmoid(div(logits, temperature));
  const drawn = cast(less(randomUniform(logits.shape, key), probability), 'float32');
  return add(drawn, sub(probability, probability));
}

export function composedBinaryMode(logits: Tensor): Tensor {
  const probability = sigmoid(logits);
  return add(cast(greater(logits, 0), 'float32'), sub(probability, probability));
}

export function composedSigmoidJacobianProduct(dy: Tensor, logits: Tensor, temperature: number): Tensor {
  const scaled = div(logits, temperature);
  return mul(dy, div(mul(sigmoid(scaled), sigmoid(neg(scaled))), temperature));
}
