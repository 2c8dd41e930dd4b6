/** The Node entries from CommonJS: wasm backend, a real folder, TensorBoard's event files, the registry. */
const {mkdtempSync, readdirSync} = require('node:fs');
const {tmpdir} = require('node:os');
const {join} = require('node:path');
const tf = require('@tensorflow/tfjs-core');
const {layers: keras, loadLayersModel, sequential} = require('@tensorflow/tfjs-layers');
const {callbacks, layers} = require('tfjs-discrete');
const {fileSystem, useBackend} = require('tfjs-discrete/node');
const {registry} = require('tfjs-discrete/registry');

async function main() {
  const {backend} = await useBackend('wasm', {threads: 2});
  if (backend !== 'wasm' || tf.getBackend() !== 'wasm') throw new Error(`backend is ${tf.getBackend()}`);
  const model = sequential();
  model.add(keras.dense({units: 8, inputShape: [4]}));
  model.add(layers.decoupledCategorical({categories: 4, seed: 1}));
  model.add(keras.dense({units: 2}));
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const x = tf.randomNormal([32, 4], 0, 1, 'float32', 7);
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-discrete-run-'));
  await model.fit(x, tf.zeros([32, 2]), {epochs: 1, verbose: 0, callbacks: [callbacks.tensorBoard(folder)]});
  if (!readdirSync(join(folder, 'train'))[0].startsWith('events.out.tfevents.'))
    throw new Error('no event file');
  await model.save(fileSystem(join(folder, 'model')));
  const loaded = await loadLayersModel(fileSystem(join(folder, 'model', 'model.json')));
  const difference = tf.max(tf.abs(tf.sub(loaded.predict(x), model.predict(x)))).dataSync()[0];
  if (difference !== 0) throw new Error(`a reloaded model predicts differently, by ${difference}`);
  if (registry.estimators().length !== 0) throw new Error('a fresh registry is not empty');
  console.log('CommonJS: trained on wasm, wrote events, saved to a folder and loaded');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
