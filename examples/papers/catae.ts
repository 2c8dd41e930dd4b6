/**
 * Does Decoupled Straight-Through keep a categorical autoencoder from collapsing to a few codes?
 *
 * MNIST through four categorical variables of eight categories, 784-512-256-32 and mirrored, binary cross-entropy, batches of 200, 160
 * epochs, four learning rates (arXiv:2410.13331, section 5.1.2 and figure 3). The paper: decoupled (2, 0.5) converges with
 * every seed and uses 7.9 of 8 categories; the rest collapse, however tuned. What the paper leaves open can be
 * set: `--set activation=elu` or `leakyRelu`, `--set initialization=glorot` (TensorFlow.js's) instead of `uniform` (PyTorch's),
 * `--set lossScale=784` for a loss that is the sum over pixels, `--set warmUp=true` for RAdam instead of Adam, `--set
 * outputBias=meanImage` to start from the mean image. The last tenth of the training images validates; the test set only reports.
 *
 *     node --import tsx examples/papers/catae.ts --preset paper --epochs 60 --seeds 3
 */
import {mul, type Tensor} from '@tensorflow/tfjs-core';
import {initializers, layers as keras, metrics, sequential} from '@tensorflow/tfjs-layers';
import {layers, optimizers} from 'tfjs-discrete';
import {shuffledBatches, testBatches} from '../mnist/data/batches.js';
import {loadDataset} from '../mnist/data/datasets.js';
import {uniformInitialization} from '../mnist/tasks/initializers.js';
import {
  atLowest,
  type Configuration,
  type DiscreteArgs,
  either,
  experiment,
  highest,
  last,
  lowest,
} from './experiment.js';
import {hidden} from './hidden.js';
import {holdOut} from './holdOut.js';
import {startAtMeanImage} from './meanImage.js';
import {ModePerplexity} from './modePerplexity.js';
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
  epsilon: 1e-8,
  outputBias: 'uniform',
  holdOut: 0.1,
};

/** 784-512-256-32-256-512-784; compiled. */
export function cataeModel(
  discrete: DiscreteArgs,
  seed: number,
  learningRate: number,
  {
    activation,
    initialization,
    lossScale,
    warmUp,
    epsilon,
  }: Omit<typeof common, 'batchSize' | 'outputBias' | 'holdOut'>,
) {
  const from = initialization === 'uniform' ? uniformInitialization(seed) : glorotInitialization(seed);
  const dense = (units: number, inputs: number) => hidden(activation, {units, ...from(inputs)});
  const model = sequential({
    layers: [
      keras.inputLayer({inputShape: [784]}),
      ...dense(512, 784),
      ...dense(256, 512),
      keras.dense({units: VARIABLES * CATEGORIES, ...from(256)}),
      layers.decoupledCategorical({name: 'code', categories: CATEGORIES, seed, ...discrete}),
      ...dense(256, VARIABLES * CATEGORIES),
      ...dense(512, 256),
      keras.dense({units: 784, activation: 'sigmoid', ...from(512)}),
    ],
  });
  const loss = (images: Tensor, answer: Tensor) => mul(metrics.binaryCrossentropy(images, answer), lossScale);
  model.compile({
    optimizer: optimizers[warmUp ? 'rectifiedAdam' : 'adam']({learningRate, epsilon}),
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
    {title: 'loss', digits: 4, of: either(last('test_loss'), last('val_loss'))},
    {
      title: 'loss, best epoch',
      digits: 4,
      of: either(atLowest('val_loss', 'test_loss'), lowest('val_loss')),
    },
    {title: 'sampled loss', digits: 4, of: last('test_sampled_loss')},
    {title: 'perplexity, of 8', digits: 2, of: last('perplexity/code')},
    {title: 'highest perplexity', digits: 2, of: highest('perplexity/code')},
    {title: 'perplexity of modes', digits: 2, of: last('val_perplexity/code')},
    {title: 'dead units, %', digits: 1, of: last('deadUnits')},
  ],
  async run({learningRate, ...configuration}, seed, settings, report) {
    const {epochs, batchSize, lossScale, limit, outputBias} = settings;
    const data = await loadDataset('mnist', limit || undefined);
    const {train, validation} = holdOut(data.train, settings.holdOut);
    const model = cataeModel(configuration, seed, learningRate as number, settings);
    if (outputBias === 'meanImage') startAtMeanImage(model.layers.at(-1)!, train);
    const held = testBatches({...data, test: validation}, 'images');
    const history = await trainAndWatch(model, {
      train: shuffledBatches({...data, train}, 'images', batchSize, seed),
      validation: held,
      test: testBatches(data, 'images'),
      sampled: true,
      callbacks: [new ModePerplexity(model, 'code', held)],
      epochs,
      deadBelow: (1e-3 / 784) * lossScale, // the loss of a sample is otherwise a mean over pixels
      report,
    });
    disposeModel(model);
    return history;
  },
});
