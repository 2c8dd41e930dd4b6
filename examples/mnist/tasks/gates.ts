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
    learningRate: 0.02,
    forwardTemperature: 0.1,
    backwardTemperature: 2,
  },

  build({train: {height, width}, classes}, discrete) {
    // Two layers are too few for gates that begin by passing on their first input, the default for deep nets.
    const gateLayer = {units: 800 * classes, gateInitializer: 'randomNormal', ...discrete} as const;
    return tf.sequential({
      layers: [
        layers.thermometerEncoding({thresholds: [0.25, 0.5, 0.75], inputShape: [height * width]}),
        layers.logicGateLayer({name: 'gates1', ...gateLayer}),
        layers.logicGateLayer({name: 'gates2', ...gateLayer}),
        layers.groupSum({groups: classes, temperature: 10}),
        tf.layers.softmax(),
      ],
    });
  },
};
