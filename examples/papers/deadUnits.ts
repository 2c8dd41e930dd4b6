/**
 * From which fraction of a layer's mean gradient on does a binary unit count as dead?
 *
 * Trains the stochastic binary network of `sbn.ts` with the papers' estimators and counts dead units by several fractions of the
 * layer's own mean |dl/dlogit|, beside an absolute threshold of 1e-3. Validation accuracy says how well each network
 * learned. docs/results/deadUnits.md draws the conclusion.
 *
 *     node --import tsx examples/papers/deadUnits.ts --preset paper
 */
import {callbacks} from 'tfjs-discrete';
import {shuffledBatches, testBatches} from '../mnist/data/batches.js';
import {loadDataset} from '../mnist/data/datasets.js';
import {experiment, last, percent} from './experiment.js';
import {RenamedLogs} from './renamedLogs.js';
import {sbnModel} from './sbn.js';
import {disposeModel, trainAndWatch} from './training.js';

const FRACTIONS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7];

const keyOf = (fraction: number) => `dead<${fraction}mean`;

export default await experiment(import.meta.url, {
  name: 'deadUnits',
  question: 'From which fraction of a layer’s mean gradient on does a unit count as dead?',
  presets: {
    paper: {
      epochs: 100,
      seeds: 3,
      batchSize: 128,
      learningRate: 1e-3,
      units: 200,
      limit: 0,
      dataset: 'fashion-mnist',
    },
    quick: {epochs: 3, seeds: 1, batchSize: 128, learningRate: 1e-3, units: 200, limit: 0, dataset: 'mnist'},
  },
  configurations: [
    {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 0.7},
    {estimator: 'softmax', temperature: 1},
    {estimator: 'gumbel', temperature: 1},
  ],
  columns: [
    {title: 'val accuracy, %', digits: 2, of: percent(last('val_acc'))},
    {title: 'below 1e-3, %', digits: 1, of: last('deadUnits')},
    ...FRACTIONS.map((fraction) => ({
      title: `below ${fraction} of the mean, %`,
      digits: 1,
      of: last(keyOf(fraction)),
    })),
  ],
  async run(configuration, seed, {epochs, batchSize, learningRate, units, limit, dataset}, report) {
    const data = await loadDataset(dataset, limit || undefined);
    const model = sbnModel(configuration, seed, units, learningRate);
    const history = await trainAndWatch(model, {
      train: shuffledBatches(data, 'labels', batchSize, seed),
      validation: testBatches(data, 'labels'),
      epochs,
      deadBelow: 1e-3,
      callbacks: FRACTIONS.map(
        (relative) => new RenamedLogs(callbacks.deadUnits({relative}), {deadUnits: keyOf(relative)}),
      ),
      report,
    });
    disposeModel(model);
    return history;
  },
});
