/**
 * Trains to the end, from the latest checkpoint on, and prints what came of it as one line of JSON. To be killed at any moment.
 *
 *     node --import tsx test/callbacks/checkpoint/killedRun.ts <backend> <folder> <epochs>
 */
import '@tensorflow/tfjs-backend-cpu';
import {createHash} from 'node:crypto';
import {sequential} from '@tensorflow/tfjs-layers';
import {callbacks, functional, layers, optimizers, resume, shuffledBatches} from 'tfjs-discrete';
import {useBackend} from 'tfjs-discrete/node';
import {dense} from '../../support/subjects.js';
import {uniformTensor} from '../../support/values.js';

const [backend, folder, epochs] = process.argv.slice(2) as [string, string, string];
await useBackend(backend as 'wasm');

const x = uniformTensor([60, 4], -1, 1, 5);
const y = uniformTensor([60, 1], -1, 1, 6);
const {cosine, linear, warmUp} = functional.schedules;

function network() {
  const model = sequential({
    layers: [
      dense({units: 16, inputShape: [4], seed: 1}),
      layers.stochasticBinary({seed: 3, evaluation: 'sample'}),
      layers.logicGateLayer({seed: 4, units: 12}),
      dense({units: 1, seed: 2}),
    ],
  });
  const learningRate = warmUp(cosine(0.02, 0.001, 8 * Number(epochs)), 20);
  model.compile({
    optimizer: optimizers.adamW({learningRate, globalClipNorm: 1, ema: 0.99}),
    loss: 'meanSquaredError',
  });
  return model;
}

const run = await resume(folder);
const model = run?.model ?? network();
const batches = shuffledBatches(x, y, {seed: 1, batchSize: 8});
process.stdout.write('training\n');
const {history} = await model.fitDataset(batches, {
  epochs: Number(epochs),
  initialEpoch: run?.epoch ?? 0,
  validationData: [x, y],
  verbose: 0,
  callbacks: [
    callbacks.temperatureSchedule({forward: linear(1, 0.2, Number(epochs))}),
    callbacks.checkpoint(folder, {batches, everySteps: 2}),
  ],
});
const hash = createHash('sha256');
for (const weight of model.getWeights())
  hash.update(Buffer.from(new Uint8Array(weight.dataSync().slice().buffer)));
for (const {tensor} of await model.optimizer.getWeights()) {
  hash.update(Buffer.from(new Uint8Array(tensor.dataSync().slice().buffer)));
}
process.stdout.write(
  `${JSON.stringify({weights: hash.digest('hex'), steps: model.optimizer.iterations, history})}\n`,
);
