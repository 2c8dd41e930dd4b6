import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {PIXELS} from '../../data/images.js';
import {temperatureArgs} from '../../state/settings.js';
import type {Network} from './Network.js';
import {uniform} from './uniform.js';

/** A classifier whose hidden layers pass on nothing but bits. */
export const binary: Network = {
  target: 'labels',
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
  build(settings, classes) {
    const {estimator, units, seed} = settings;
    const hidden = Array.from({length: settings.layers}, (_, i) => {
      const inputs = i === 0 ? PIXELS : units;
      const shape = i === 0 ? {inputShape: [PIXELS]} : {};
      return [
        tf.layers.dense({name: `dense${i + 1}`, units, ...shape, ...uniform(inputs, seed + i)}),
        layers.stochasticBinary({name: `bits${i + 1}`, estimator, seed, ...temperatureArgs(settings)}),
      ];
    });
    const last = uniform(units, seed + settings.layers);
    return tf.sequential({
      layers: [
        ...hidden.flat(),
        tf.layers.dense({name: 'classes', units: classes, activation: 'softmax', ...last}),
      ],
    });
  },
};
