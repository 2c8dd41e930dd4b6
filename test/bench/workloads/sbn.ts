import {randomUniform, type Tensor, train} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {firstRows, labelsInTurn} from './data.js';
import {fitting} from './fitting.js';
import {repeat, type Workload} from './Workload.js';

/** The paper's classifier 784-200-200-10 with two layers of bits, decoupled (0.1, 0.7), Adam 1e-3. */
export function sbn({batch = 128, steps = 20}: {batch?: number; steps?: number}): Workload {
  const temperatures = {forwardTemperature: 0.1, backwardTemperature: 0.7, seed: 1};
  const model = tf.sequential({
    layers: [
      tf.layers.dense({units: 200, inputShape: [784]}),
      layers.stochasticBinary(temperatures),
      tf.layers.dense({units: 200}),
      layers.stochasticBinary(temperatures),
      tf.layers.dense({units: 10, activation: 'softmax'}),
    ],
  });
  model.compile({optimizer: train.adam(1e-3), loss: 'categoricalCrossentropy'});
  const images = randomUniform([steps * batch, 784], 0, 1, 'float32', 1);
  const labels = labelsInTurn(steps * batch, 10);
  const [x, y] = [firstRows(images, batch), firstRows(labels, batch)];
  return {
    variants: {
      train: repeat(() => model.trainOnBatch(x, y)),
      predict: repeat(async () => {
        const probabilities = model.predict(x, {batchSize: batch}) as Tensor;
        await probabilities.data();
        probabilities.dispose();
      }),
      predictAll: repeat(async () => {
        const probabilities = model.predict(images) as Tensor;
        await probabilities.data();
        probabilities.dispose();
      }),
      ...fitting(model, images, labels, batch),
    },
  };
}
