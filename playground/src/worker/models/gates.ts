import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {PIXELS} from '../../data/images.js';
import {temperatureArgs} from '../../state/settings.js';
import type {Network} from './Network.js';

/** Layers from which on gates have to begin by passing on their first input to learn at all. */
const DEEP = 3;

/** Layers of logic gates; a class's score is how many of its gates say 1. */
export const gates: Network = {
  target: 'labels',
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
  build(settings, classes) {
    const {estimator, units, seed} = settings;
    const gateLayers = Array.from({length: settings.layers}, (_, i) =>
      layers.logicGateLayer({
        name: `gates${i + 1}`,
        units,
        estimator,
        seed,
        gateInitializer: settings.layers < DEEP ? 'randomNormal' : 'residual',
        ...temperatureArgs(settings),
      }),
    );
    return tf.sequential({
      layers: [
        layers.thermometerEncoding({name: 'bits', thresholds: [0.5], inputShape: [PIXELS]}),
        ...gateLayers,
        layers.groupSum({name: 'scores', groups: classes, temperature: 10}),
        tf.layers.softmax({name: 'classes'}),
      ],
    });
  },
};
