/**
 * Does Decoupled Straight-Through train a stochastic binary network better than its baselines, and leave fewer units dead?
 *
 * Fashion-MNIST, two hidden layers of 200 bits, 100 epochs of batches of 128, Adam at 1e-3 (arXiv:2410.13331, section
 * 5.1.1 and figure 2). The paper: 11 % of the units receive next to no gradient in the end, against 47 % with softmax
 * and 60 % with ST-GS, and a higher accuracy. Temperatures: the papers' for `decoupled`; those of softmax and
 * ST-GS by `temperatures.ts`, whose runners-up are here too. The last tenth of the training images chooses the checkpoint;
 * the test set only reports. Both are evaluated by the mode of each bit and by samples, because the paper does not say which.
 *
 *     node --import tsx examples/papers/sbn.ts --preset paper
 */
import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {callbacks, layers, optimizers} from 'tfjs-discrete';
import {shuffledBatches, testBatches} from '../mnist/data/batches.js';
import {loadDataset} from '../mnist/data/datasets.js';
import {uniformInitialization} from '../mnist/tasks/initializers.js';
import {atLowest, type DiscreteArgs, either, experiment, last, percent} from './experiment.js';
import {GradientQuantiles} from './gradientQuantiles.js';
import {holdOut} from './holdOut.js';
import {RenamedLogs} from './renamedLogs.js';
import type {History} from './results.js';
import {disposeModel, trainAndWatch} from './training.js';

const optional = {dataset: 'fashion-mnist'};
const common = {batchSize: 128, learningRate: 1e-3, epsilon: 1e-8, units: 200, limit: 0, holdOut: 0.1};
/** The validation loss chooses the checkpoint: that of samples for figures of samples, that of modes for the rest. */
const ofMode = (key: string) => atLowest('val_loss', key);
const ofSamples = (key: string) => atLowest('val_sampled_loss', key);
/** Runs recorded before there was a validation split were validated on the test set. */
const tested = (figure: (key: string) => (history: History) => number, key: string) =>
  either(figure(`test_${key}`), figure(`val_${key}`));

/** Thresholds for |dL/dlogit| of each sample and unit by itself. */
const PER_SAMPLE = [1e-5, 1e-4, 1e-3];

/** 784, two layers of `units` bits, 10 classes; compiled. */
export function sbnModel(
  discrete: DiscreteArgs,
  seed: number,
  units: number,
  learningRate: number,
  epsilon = common.epsilon,
) {
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
    optimizer: optimizers.adam({learningRate, epsilon}),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

export default await experiment(import.meta.url, {
  name: 'sbn',
  question: 'Does decoupling train a stochastic binary network better, and leave fewer units dead?',
  presets: {paper: {epochs: 100, seeds: 5, ...common}, quick: {epochs: 3, seeds: 1, ...common}},
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
    {title: 'accuracy, %', digits: 2, of: percent(tested(last, 'acc'))},
    {title: 'accuracy, best epoch', digits: 2, of: percent(tested(ofMode, 'acc'))},
    {title: 'loss', digits: 4, of: tested(last, 'loss')},
    {title: 'loss, best epoch', digits: 4, of: tested(ofMode, 'loss')},
    {title: 'sampled accuracy, %', digits: 2, of: percent(last('test_sampled_acc'))},
    {title: 'sampled accuracy, best epoch', digits: 2, of: percent(ofSamples('test_sampled_acc'))},
    {title: 'sampled loss', digits: 4, of: last('test_sampled_loss')},
    {title: 'sampled loss, best epoch', digits: 4, of: ofSamples('test_sampled_loss')},
    {title: 'inactive below 1e-3, %', digits: 1, of: last('deadUnits')},
    {title: 'the same, best epoch', digits: 1, of: ofMode('deadUnits')},
    {title: 'below 1.28e-3, %', digits: 1, of: last('deadUnits<0.00128')},
    {title: 'the same, best epoch', digits: 1, of: ofMode('deadUnits<0.00128')},
    {title: 'pairs below 1e-4, %', digits: 1, of: last('deadPairs<0.0001')},
    {title: 'the same, best epoch', digits: 1, of: ofMode('deadPairs<0.0001')},
  ],
  async run(configuration, seed, settings, report) {
    const {epochs, batchSize, learningRate, epsilon, units, limit, dataset} = {...optional, ...settings};
    const data = await loadDataset(dataset, limit || undefined);
    const {train, validation} = holdOut(data.train, settings.holdOut);
    const model = sbnModel(configuration, seed, units, learningRate, epsilon);
    const history = await trainAndWatch(model, {
      train: shuffledBatches({...data, train}, 'labels', batchSize, seed),
      validation: testBatches({...data, test: validation}, 'labels'),
      test: testBatches(data, 'labels'),
      sampled: true,
      epochs,
      deadBelow: 1e-3,
      // The paper does not say what next to no gradient is. 1e-5 of the mean loss of a batch of 128 is 1.28e-3.
      otherThresholds: [1e-4, 1.28e-3, 1e-2],
      callbacks: [
        new GradientQuantiles(),
        ...PER_SAMPLE.map(
          (threshold) =>
            new RenamedLogs(callbacks.deadUnits({threshold, per: 'sample'}), {
              deadUnits: `deadPairs<${threshold}`,
            }),
        ),
      ],
      report,
    });
    disposeModel(model);
    return history;
  },
});
