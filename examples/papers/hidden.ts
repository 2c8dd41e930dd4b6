import {layers as keras} from '@tensorflow/tfjs-layers';

type DenseArgs = Parameters<typeof keras.dense>[0];

/** PyTorch's slope of LeakyReLU below 0; TensorFlow.js's own is 0.3. */
const SLOPE = 0.01;

/** A dense layer with its activation: `relu`, `elu` and so on, or `leakyRelu`. */
export function hidden(activation: string, args: DenseArgs): keras.Layer[] {
  if (activation !== 'leakyRelu') return [keras.dense({...args, activation: activation as 'relu'})];
  return [keras.dense(args), keras.leakyReLU({alpha: SLOPE})];
}
