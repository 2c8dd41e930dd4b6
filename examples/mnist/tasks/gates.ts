import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import type {Task} from './Task.js';

/** Two layers of gates that each read two bits; a class scores how many of its gates say 1. */
export const gates: Task = {
  title: 'Logic gate network',
  unit: 'gate',
  target: 'labels',
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
  defaults: {
    epochs: 5,
    batchSize: 100,
    learningRate: 1e-2,
    forwardTemperature: 0.5,
    backwardTemperature: 1,
  },
  deadBelow: 1e-3,

  build({train: {height, width}, classes}, discrete) {
    const units = 400 * classes;
    return tf.sequential({
      layers: [
        layers.thermometerEncoding({thresholds: [0.25, 0.5, 0.75], inputShape: [height * width]}),
        layers.logicGateLayer({name: 'gates1', units, ...discrete}),
        layers.logicGateLayer({name: 'gates2', units, ...discrete}),
        layers.groupSum({groups: classes, temperature: 10}),
        tf.layers.softmax(),
      ],
    });
  },
};
