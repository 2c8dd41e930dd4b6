import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {uniformInitialization} from './initializers.js';
import type {Task} from './Task.js';

/** How many categorical variables an image's code has, and how many categories each. */
const VARIABLES = 4;
const CATEGORIES = 8;

/** An autoencoder that squeezes an image through four categorical variables of eight categories: 12 bits. */
export const catae: Task = {
  title: 'Categorical autoencoder',
  unit: 'categorical',
  target: 'images',
  loss: 'binaryCrossentropy',
  metrics: [],
  defaults: {
    epochs: 10,
    batchSize: 200,
    learningRate: 3e-4,
    forwardTemperature: 2,
    backwardTemperature: 0.5,
  },

  build({train: {height, width}}, discrete) {
    const pixels = height * width;
    const start = uniformInitialization(discrete.seed);
    return tf.sequential({
      layers: [
        tf.layers.dense({units: 512, activation: 'relu', inputShape: [pixels], ...start(pixels)}),
        tf.layers.dense({units: 256, activation: 'relu', ...start(512)}),
        tf.layers.dense({units: VARIABLES * CATEGORIES, ...start(256)}),
        layers.decoupledCategorical({name: 'code', categories: CATEGORIES, ...discrete}),
        tf.layers.dense({units: 256, activation: 'relu', ...start(VARIABLES * CATEGORIES)}),
        tf.layers.dense({units: 512, activation: 'relu', ...start(256)}),
        tf.layers.dense({units: pixels, activation: 'sigmoid', ...start(512)}),
      ],
    });
  },
};
