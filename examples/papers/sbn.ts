/**
 * Does Decoupled Straight-Through train a stochastic binary network better than its baselines, and leave fewer units dead?
 *
 * Fashion-MNIST, two hidden layers of 200 bits, 100 epochs of batches of 128, Adam at 1e-3 (arXiv:2410.13331, section
 * 5.1.1 and figure 2). The paper: 11 % of the units receive next to no gradient in the end, against 47 % with softmax
 * and 60 % with ST-GS, and a higher accuracy. Temperatures: the papers' for `decoupled`; those of softmax and
 * ST-GS by `temperatures.ts`, whose runners-up are here too.
 *
 *     node --import tsx examples/papers/sbn.ts --preset paper
 */
import {train} from '@tensorflow/tfjs-core';
import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {shuffledBatches, testBatches} from '../mnist/data/batches.js';
import {loadDataset} from '../mnist/data/datasets.js';
import {uniformInitialization} from '../mnist/tasks/initializers.js';
import {type DiscreteArgs, experiment, highest, last, lowest, percent} from './experiment.js';
import {disposeModel, trainAndWatch} from './training.js';

const optional = {dataset: 'fashion-mnist'};

/** 784, two layers of `units` bits, 10 classes; compiled. */
export function sbnModel(discrete: DiscreteArgs, seed: number, units: number, learningRate: number) {
  const start = uniformInitialization(seed);
  const model = sequential({
    layers: [
      keras.dense({units, inputShape: [784], ...start(784)}),
      layers.stochasticBinary({name: 'binary1', seed, ...discrete}),
      keras.dense({units, ...start(units)}),
      layers.stochasticBinary({name: 'binary2', seed, ...discrete}),
      keras.dense({units: 10, activation: 'softmax', ...start(units)}),
    ],
  });
  model.compile({
    optimizer: train.adam(learningRate),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

export default await experiment(import.meta.url, {
  name: 'sbn',
  question: 'Does decoupling train a stochastic binary network better, and leave fewer units dead?',
  presets: {
    paper: {epochs: 100, seeds: 5, batchSize: 128, learningRate: 1e-3, units: 200, limit: 0},
    quick: {epochs: 3, seeds: 1, batchSize: 128, learningRate: 1e-3, units: 200, limit: 0},
  },
  optional,
  configurations: [
    {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 0.7},
    {estimator: 'softmax', temperature: 0.3},
    {estimator: 'gumbel', temperature: 1},
    {estimator: 'identity'},
    {estimator: 'softmax', temperature: 0.7},
    {estimator: 'softmax', temperature: 1},
    {estimator: 'gumbel', temperature: 0.7},
  ],
  columns: [
    {title: 'val accuracy, %', digits: 2, of: percent(last('val_acc'))},
    {title: 'best val accuracy, %', digits: 2, of: percent(highest('val_acc'))},
    {title: 'val loss', digits: 4, of: last('val_loss')},
    {title: 'best val loss', digits: 4, of: lowest('val_loss')},
    {title: 'dead units, %', digits: 1, of: last('deadUnits')},
    {title: 'dead at 1.28e-3, %', digits: 1, of: last('deadUnits<0.00128')},
  ],
  async run(configuration, seed, settings, report) {
    const {epochs, batchSize, learningRate, units, limit, dataset} = {...optional, ...settings};
    const data = await loadDataset(dataset, limit || undefined);
    const model = sbnModel(configuration, seed, units, learningRate);
    const history = await trainAndWatch(model, {
      train: shuffledBatches(data, 'labels', batchSize, seed),
      test: testBatches(data, 'labels'),
      epochs,
      deadBelow: 1e-3,
      // The paper does not say what next to no gradient is. 1e-5 of the mean loss of a batch of 128 is 1.28e-3.
      otherThresholds: [1e-4, 1.28e-3, 1e-2],
      report,
    });
    disposeModel(model);
    return history;
  },
});
