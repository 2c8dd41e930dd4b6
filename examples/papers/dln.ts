/**
 * Which estimator trains the best network of logic gates, once every gate has been decided on?
 *
 * CIFAR-10 as bits (each colour value against 3 thresholds), four layers of 12,000 gates, GroupSum at temperature 100,
 * batches of 100, Adam at 0.01, 200,000 iterations of which 500 make an epoch (arXiv:2410.13331, section 5.1.3; difflogic's
 * "small" network, arXiv:2210.08277). The paper: decoupled (0.1, 2) converges faster, ends more accurate and uses the
 * 16 gates most evenly. `soft` is difflogic's own training; accuracies are always those of the discrete network.
 *
 *     node --import tsx examples/papers/dln.ts --preset paper --epochs 40
 */
import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {type LogicGateLayerArgs, layers, optimizers} from 'tfjs-discrete';
import {gateDistribution} from 'tfjs-discrete/analysis';
import {loadCifar10} from './data/cifar10.js';
import {classification, inOrder, shuffled} from './data/images.js';
import {experiment, highest, last, percent} from './experiment.js';
import {disposeModel, trainAndWatch} from './training.js';
import {loadUnfinished} from './unfinished.js';

const LAYERS = 4;
const common = {
  batchSize: 100,
  learningRate: 0.01,
  units: 12_000,
  connections: 'unique',
  gateInitializer: 'randomNormal',
};

export default await experiment(import.meta.url, {
  name: 'dln',
  question: 'Which estimator trains the best network of logic gates, once every gate has been decided on?',
  presets: {
    paper: {epochs: 400, seeds: 1, limit: 0, ...common},
    quick: {epochs: 2, seeds: 1, limit: 10_000, ...common},
  },
  configurations: [
    {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 2},
    {estimator: 'softmax', temperature: 1},
    {estimator: 'gumbel', temperature: 1},
    {estimator: 'soft', temperature: 1},
    {estimator: 'identity'},
    {estimator: 'softmax', temperature: 0.1},
    {estimator: 'softmax', temperature: 2},
    {estimator: 'gumbel', temperature: 2},
    {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 1},
    {estimator: 'decoupled', forwardTemperature: 1, backwardTemperature: 2},
  ],
  columns: [
    {title: 'val accuracy, %', digits: 2, of: percent(last('val_acc'))},
    {title: 'best val accuracy, %', digits: 2, of: percent(highest('val_acc'))},
    {title: 'training loss', digits: 4, of: last('loss')},
    {title: 'gate perplexity', digits: 2, of: meanPerplexity},
    {title: 'dead units, %', digits: 1, of: last('deadUnits')},
  ],
  async run(configuration, seed, settings, report, scratch) {
    const {epochs, batchSize, learningRate, units, limit, connections, gateInitializer} = settings;
    const data = await loadCifar10(limit || undefined);
    const previous = scratch ? await loadUnfinished(scratch) : undefined;
    const discrete = {...configuration, seed, connections, gateInitializer} as LogicGateLayerArgs;
    const model = previous?.model ?? dlnModel({...discrete, units}, learningRate);
    const samples = classification(data.classes);
    const history = await trainAndWatch(model, {
      train: shuffled(data.train, samples, batchSize, seed, previous?.epochs),
      validation: inOrder(data.test, samples),
      epochs,
      deadBelow: 1e-6, // a gate is one of 48,000
      report,
      unfinished: scratch ? {folder: scratch, every: 2, previous} : undefined,
    });
    const gates = await gateDistribution(model);
    disposeModel(model);
    return {...history, ...Object.fromEntries(gates.map(({layer, counts}) => [`gates/${layer}`, counts]))};
  },
});

function meanPerplexity(history: Readonly<Record<string, readonly number[]>>): number {
  const ends = Object.keys(history)
    .filter((key) => key.startsWith('perplexity/'))
    .map((key) => last(key)(history));
  return ends.reduce((sum, value) => sum + value, 0) / ends.length;
}

/** Four layers of gates on binarised images; compiled. */
export function dlnModel(gates: LogicGateLayerArgs, learningRate: number) {
  const model = sequential({
    layers: [
      layers.thermometerEncoding({inputShape: [32, 32, 3], thresholds: [0.25, 0.5, 0.75]}),
      keras.permute({dims: [3, 1, 2]}), // unique connections pairs neighbours: pixels of a row, not bits of a pixel
      keras.flatten(),
      ...Array.from({length: LAYERS}, (_, i) => layers.logicGateLayer({...gates, name: `gates${i + 1}`})),
      layers.groupSum({groups: 10, temperature: 100}),
      keras.softmax(),
    ],
  });
  model.compile({
    optimizer: optimizers.adam({learningRate}),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}
