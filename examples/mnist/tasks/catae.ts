import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {glorot} from './initializers.js';
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
    epochs: 5,
    batchSize: 200,
    learningRate: 3e-4,
    forwardTemperature: 2,
    backwardTemperature: 0.5,
  },
  // TF.js's loss is a mean over 784 pixels where a sample's likelihood is their sum.
  deadBelow: 1e-3 / 784,

  build({train: {height, width}}, discrete) {
    const pixels = height * width;
    const initializer = glorot(discrete.seed);
    const dense = (units: number, activation: 'relu' | 'linear' | 'sigmoid') =>
      tf.layers.dense({units, activation, kernelInitializer: initializer()});
    return tf.sequential({
      layers: [
        tf.layers.inputLayer({inputShape: [pixels]}),
        dense(512, 'relu'),
        dense(256, 'relu'),
        dense(LETTERS * ALPHABET, 'linear'),
        layers.decoupledCategorical({name: 'code', categories: ALPHABET, ...discrete}),
        dense(256, 'relu'),
        dense(512, 'relu'),
        dense(pixels, 'sigmoid'),
      ],
    });
  },
};
