import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {PIXELS} from '../../data/images.js';
import {temperatureArgs} from '../../state/settings.js';
import type {Network} from './Network.js';
import {uniform} from './uniform.js';

/** Widths of the dense layers, from the image towards the code. */
const WIDTHS = [256, 128];

/** Squeezes an image through a few categorical units, and draws it again from what they chose. */
export const autoencoder: Network = {
  target: 'images',
  loss: 'binaryCrossentropy',
  metrics: [],
  build(settings) {
    const {estimator, units, categories, seed} = settings;
    const widths = WIDTHS.slice(0, settings.layers);
    const sizes = [PIXELS, ...widths, units * categories, ...[...widths].reverse(), PIXELS];
    const dense = sizes.slice(1).map((size, i) => {
      const shape = i === 0 ? {inputShape: [PIXELS]} : {};
      const last = i === sizes.length - 2;
      const activation = last ? 'sigmoid' : i === widths.length ? 'linear' : 'relu';
      return tf.layers.dense({
        name: `dense${i + 1}`,
        units: size,
        activation,
        ...shape,
        ...uniform(sizes[i]!, seed + i),
      });
    });
    const code = layers.decoupledCategorical({
      name: 'code',
      categories,
      estimator,
      seed,
      ...temperatureArgs(settings),
    });
    return tf.sequential({
      layers: [...dense.slice(0, widths.length + 1), code, ...dense.slice(widths.length + 1)],
    });
  },
};
