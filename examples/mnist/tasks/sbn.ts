import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {uniformInitialization} from './initializers.js';
import type {Task} from './Task.js';

/** A classifier whose two hidden layers speak in bits: 784-200-200-10. */
export const sbn: Task = {
  title: 'Stochastic binary network',
  unit: 'binary',
  target: 'labels',
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
  defaults: {
    epochs: 5,
    batchSize: 128,
    learningRate: 1e-3,
    forwardTemperature: 0.1,
    backwardTemperature: 0.7,
  },

  build({train: {height, width}, classes}, discrete) {
    const pixels = height * width;
    const start = uniformInitialization(discrete.seed);
    return tf.sequential({
      layers: [
        tf.layers.dense({units: 200, inputShape: [pixels], ...start(pixels)}),
        layers.stochasticBinary({name: 'binary1', ...discrete}),
        tf.layers.dense({units: 200, ...start(200)}),
        layers.stochasticBinary({name: 'binary2', ...discrete}),
        tf.layers.dense({units: classes, activation: 'softmax', ...start(200)}),
      ],
    });
  },
};
