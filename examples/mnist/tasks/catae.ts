import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {uniformStart} from './initializers.js';
import type {Task} from './Task.js';

/** How many letters a picture's code has, and how many there are to choose from. */
const LETTERS = 4;
const ALPHABET = 8;

/** An autoencoder that squeezes a picture through four letters of an alphabet of eight: 12 bits. */
export const catae: Task = {
  title: 'Categorical autoencoder',
  unit: 'categorical',
  target: 'pictures',
  loss: 'binaryCrossentropy',
  metrics: [],
  defaults: {
    epochs: 10,
    batchSize: 200,
    learningRate: 3e-4,
    forwardTemperature: 2,
    backwardTemperature: 0.5,
  },
  // TF.js's loss is a mean over 784 pixels where a sample's likelihood is their sum.
  deadBelow: 1e-3 / 784,

  build({train: {height, width}}, discrete) {
    const pixels = height * width;
    const start = uniformStart(discrete.seed);
    return tf.sequential({
      layers: [
        tf.layers.dense({units: 512, activation: 'relu', inputShape: [pixels], ...start(pixels)}),
        tf.layers.dense({units: 256, activation: 'relu', ...start(512)}),
        tf.layers.dense({units: LETTERS * ALPHABET, ...start(256)}),
        layers.decoupledCategorical({name: 'code', categories: ALPHABET, ...discrete}),
        tf.layers.dense({units: 256, activation: 'relu', ...start(LETTERS * ALPHABET)}),
        tf.layers.dense({units: 512, activation: 'relu', ...start(256)}),
        tf.layers.dense({units: pixels, activation: 'sigmoid', ...start(512)}),
      ],
    });
  },
};
