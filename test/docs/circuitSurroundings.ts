import {layers} from 'tfjs-discrete';
import {Circuit} from 'tfjs-discrete/circuit';
import * as tf from './tensorflow.js';

/** What the examples of circuits take for granted: a network of gates, a batch for it, and its circuit. */
export async function surroundings() {
  const model = tf.sequential();
  model.add(layers.logicGateLayer({units: 8, inputShape: [4], seed: 1}));
  model.add(layers.groupSum({groups: 2}));
  const circuit = Circuit.fromModel(model);
  const x = [0, 1, 1, 0, 1, 1, 0, 1];
  return {model, x, y: undefined, circuit, compiled: await circuit.compile()};
}
