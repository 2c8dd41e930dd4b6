import {layers} from 'tfjs-discrete';
import * as tf from './tensorflow.js';

/** What the examples of docstrings take for granted besides `tf`: a compiled model, how to make one, and data to fit. */
export function surroundings() {
  const x = tf.randomUniform([16, 4], 0, 1, 'float32', 1);
  const y = tf.oneHot(tf.tensor1d([0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1], 'int32'), 2);
  return {model: network(), network, x, y};
}

function network() {
  const model = tf.sequential();
  model.add(tf.layers.dense({units: 8, inputShape: [4]}));
  model.add(layers.stochasticBinary({name: 'bits', seed: 1}));
  model.add(tf.layers.dense({units: 2, activation: 'softmax'}));
  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  return model;
}
