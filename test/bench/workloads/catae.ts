import {randomUniform, type Tensor, train} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {repeat, type Workload} from './Workload.js';

/** The paper's autoencoder 784-512-256-(4 x 8)-256-512-784, decoupled (2, 0.5), binary cross-entropy, Adam. */
export function catae({batch = 200}: {batch?: number}): Workload {
  const dense = (units: number, activation: 'relu' | 'linear' | 'sigmoid') =>
    tf.layers.dense({units, activation});
  const model = tf.sequential({
    layers: [
      tf.layers.inputLayer({inputShape: [784]}),
      dense(512, 'relu'),
      dense(256, 'relu'),
      dense(32, 'linear'),
      layers.decoupledCategorical({
        categories: 8,
        forwardTemperature: 2,
        backwardTemperature: 0.5,
        seed: 1,
      }),
      dense(256, 'relu'),
      dense(512, 'relu'),
      dense(784, 'sigmoid'),
    ],
  });
  model.compile({optimizer: train.adam(3e-4), loss: 'binaryCrossentropy'});
  const x = randomUniform([batch, 784], 0, 1, 'float32', 1);
  return {
    variants: {
      train: repeat(() => model.trainOnBatch(x, x)),
      predict: repeat(async () => {
        const images = model.predict(x, {batchSize: batch}) as Tensor;
        await images.data();
        images.dispose();
      }),
    },
  };
}
