/** A user's first model, from ESM; also what the bundler bundles. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {layers as keras, loadLayersModel, sequential} from '@tensorflow/tfjs-layers';
import {callbacks, functional, layers} from 'tfjs-discrete';
import {Circuit} from 'tfjs-discrete/circuit';

await tf.setBackend('cpu');
const model = sequential();
model.add(keras.dense({units: 8, inputShape: [4]}));
model.add(layers.stochasticBinary({forwardTemperature: 0.1, backwardTemperature: 0.7, seed: 1}));
model.add(layers.logicGateLayer({units: 6, seed: 2}));
model.add(layers.groupSum({groups: 2}));
model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
const x = tf.randomNormal([32, 4], 0, 1, 'float32', 7);
const {history} = await model.fit(x, tf.zeros([32, 2]), {
  epochs: 2,
  verbose: 0,
  callbacks: callbacks.monitors(),
});
for (const key of ['loss', 'deadUnits', 'gradientNorm']) {
  if (!Number.isFinite(history[key]?.[1])) throw new Error(`no ${key} in ${Object.keys(history)}`);
}

let saved;
await model.save(
  tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
  }),
);
const loaded = await loadLayersModel(tf.io.fromMemory(saved));
const difference = tf.max(tf.abs(tf.sub(loaded.predict(x), model.predict(x)))).dataSync()[0];
if (difference !== 0) throw new Error(`a reloaded model predicts differently, by ${difference}`);
const bits = functional.stochasticBinary(tf.zeros([4]), {temperature: 1, seed: 3});
if (bits.shape[0] !== 4) throw new Error('functional.stochasticBinary lost its shape');
const gates = sequential({
  layers: [layers.logicGateLayer({units: 6, seed: 1, inputShape: [4]}), layers.groupSum({groups: 2})],
});
const circuit = Circuit.fromJSON(JSON.stringify(Circuit.fromModel(gates).simplify().circuit));
const bitsIn = tf.tensor2d([[0, 1, 1, 0]]);
if (`${circuit.evaluate([0, 1, 1, 0])}` !== `${gates.predict(bitsIn).dataSync()}`)
  throw new Error('the circuit differs');
console.log('ESM: trained, watched, saved and loaded');
