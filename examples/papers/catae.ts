/**
 * Does Decoupled Straight-Through keep a categorical autoencoder from collapsing to a few codes?
 *
 * MNIST through four categorical variables of eight categories, 784-512-256-32 and mirrored, binary cross-entropy, batches of 200, 160
 * epochs, four learning rates (arXiv:2410.13331, section 5.1.2 and figure 3). The paper: decoupled (2, 0.5) converges with
 * every seed and uses 7.9 of 8 categories; the rest collapse, however tuned. What the paper leaves open can be
 * set: `--set activation=elu`, `--set initialization=glorot` (TensorFlow.js's) instead of `uniform` (PyTorch's),
 * `--set lossScale=784` for a loss that is the sum over pixels, `--set warmUp=true` for RAdam instead of Adam.
 *
 *     node --import tsx examples/papers/catae.ts --preset paper --epochs 60 --seeds 3
 */
import {mul, type Tensor} from '@tensorflow/tfjs-core';
import {initializers, layers as keras, metrics, sequential} from '@tensorflow/tfjs-layers';
import {layers, optimizers} from 'tfjs-discrete';
import {shuffledBatches, testBatches} from '../mnist/data/batches.js';
import {loadDataset} from '../mnist/data/datasets.js';
import {uniformInitialization} from '../mnist/tasks/initializers.js';
import {type Configuration, type DiscreteArgs, experiment, highest, last, lowest} from './experiment.js';
import {disposeModel, trainAndWatch} from './training.js';

const VARIABLES = 4;
const CATEGORIES = 8;

const baselines: Configuration[] = [
  {estimator: 'decoupled', forwardTemperature: 2, backwardTemperature: 0.5},
  {estimator: 'softmax', temperature: 1},
  {estimator: 'gumbel', temperature: 1},
  {estimator: 'identity'},
  {estimator: 'softmax', temperature: 0.5},
  {estimator: 'softmax', temperature: 2},
  {estimator: 'gumbel', temperature: 0.5},
  {estimator: 'gumbel', temperature: 2},
];

export const common = {
  batchSize: 200,
  activation: 'relu',
  initialization: 'uniform',
  lossScale: 1,
  warmUp: false,
};

/** 784-512-256-32-256-512-784; compiled. */
export function cataeModel(
  discrete: DiscreteArgs,
  seed: number,
  learningRate: number,
  {activation, initialization, lossScale, warmUp}: Omit<typeof common, 'batchSize'>,
) {
  const from = initialization === 'uniform' ? uniformInitialization(seed) : glorotInitialization(seed);
  const hidden = (units: number, inputs: number) =>
    keras.dense({units, activation: activation as 'relu', ...from(inputs)});
  const model = sequential({
    layers: [
      keras.inputLayer({inputShape: [784]}),
      hidden(512, 784),
      hidden(256, 512),
      keras.dense({units: VARIABLES * CATEGORIES, ...from(256)}),
      layers.decoupledCategorical({name: 'code', categories: CATEGORIES, seed, ...discrete}),
      hidden(256, VARIABLES * CATEGORIES),
      hidden(512, 256),
      keras.dense({units: 784, activation: 'sigmoid', ...from(512)}),
    ],
  });
  const loss = (images: Tensor, answer: Tensor) => mul(metrics.binaryCrossentropy(images, answer), lossScale);
  model.compile({
    optimizer: warmUp ? optimizers.rectifiedAdam({learningRate}) : optimizers.adam({learningRate}),
    loss,
  });
  return model;
}

/** TensorFlow.js initializes a layer's kernel like this; the same seed, the same weights. */
function glorotInitialization(seed: number) {
  let layer = 0;
  return (_inputs: number) => ({
    kernelInitializer: initializers.glorotUniform({seed: 1000 * seed + layer++}),
  });
}

export default await experiment(import.meta.url, {
  name: 'catae',
  question: 'Does decoupling keep a categorical autoencoder from collapsing to a few codes?',
  presets: {
    paper: {epochs: 160, seeds: 10, limit: 0, ...common},
    quick: {epochs: 3, seeds: 1, limit: 10_000, ...common},
  },
  configurations: [3e-4, 5e-4, 7e-4, 1e-3].flatMap((learningRate) =>
    baselines.map((baseline) => ({...baseline, learningRate})),
  ),
  columns: [
    {title: 'val loss', digits: 4, of: last('val_loss')},
    {title: 'best val loss', digits: 4, of: lowest('val_loss')},
    {title: 'perplexity, of 8', digits: 2, of: last('perplexity/code')},
    {title: 'highest perplexity', digits: 2, of: highest('perplexity/code')},
    {title: 'dead units, %', digits: 1, of: last('deadUnits')},
  ],
  async run({learningRate, ...configuration}, seed, settings, report) {
    const {epochs, batchSize, lossScale, limit} = settings;
    const data = await loadDataset('mnist', limit || undefined);
    const model = cataeModel(configuration, seed, learningRate as number, settings);
    const history = await trainAndWatch(model, {
      train: shuffledBatches(data, 'images', batchSize, seed),
      test: testBatches(data, 'images'),
      epochs,
      deadBelow: (1e-3 / 784) * lossScale, // the loss of a sample is otherwise a mean over pixels
      report,
    });
    disposeModel(model);
    return history;
  },
});
