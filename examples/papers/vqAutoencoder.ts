/**
 * Does Decoupled Straight-Through keep a large codebook in use?
 *
 * A vector-quantised autoencoder: 8 x 8 vectors of 16 numbers, each replaced by one of 512 or 8,192 codes, without commitment
 * loss or moving averages, on MNIST or CIFAR-10. The paper leaves this as future work (arXiv:2410.13331, section 6), so
 * there is no figure to meet; `identity` is the nearest code with the gradient passed to the logits unchanged.
 *
 *     node --import tsx examples/papers/vqAutoencoder.ts --preset paper --set dataset=cifar-10
 */
import {input, model as modelOf, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import {layers, optimizers, type VectorQuantizerArgs} from 'tfjs-discrete';
import {Convolutional} from './convolutional.js';
import {inOrder, reconstruction, shuffled} from './data/images.js';
import {loadImages} from './data/index.js';
import {type Configuration, experiment, last, lowest} from './experiment.js';
import {disposeModel, trainAndWatch} from './training.js';
import {loadUnfinished} from './unfinished.js';

const DIM = 16;
const common = {batchSize: 32, learningRate: 3e-4, filters: 64, dataset: 'mnist'};

const baselines: Configuration[] = [
  {estimator: 'decoupled', forwardTemperature: 1, backwardTemperature: 0.5},
  {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 1},
  {estimator: 'softmax', temperature: 1},
  {estimator: 'gumbel', temperature: 1},
  {estimator: 'identity'},
];

export default await experiment(import.meta.url, {
  name: 'vqAutoencoder',
  question: 'Does decoupling keep a large codebook in use?',
  presets: {
    paper: {epochs: 20, seeds: 3, limit: 0, ...common},
    quick: {epochs: 1, seeds: 1, limit: 1000, ...common, filters: 16},
  },
  configurations: [512, 8192].flatMap((codes) => baselines.map((baseline) => ({...baseline, codes}))),
  columns: [
    {title: 'val loss, 1e-3', digits: 3, of: (history) => 1000 * last('val_loss')(history)},
    {title: 'best val loss, 1e-3', digits: 3, of: (history) => 1000 * lowest('val_loss')(history)},
    {title: 'codes in use (perplexity)', digits: 1, of: last('perplexity/codes')},
    {title: 'dead codes, %', digits: 1, of: last('deadUnits')},
  ],
  async run({codes, ...configuration}, seed, settings, report, scratch) {
    const {epochs, batchSize, learningRate, filters, dataset, limit} = settings;
    const data = await loadImages(dataset, limit || undefined);
    const {channels} = data.train;
    const previous = scratch ? await loadUnfinished(scratch) : undefined;
    const discrete = {...configuration, codes: codes as number, seed};
    const model = previous?.model ?? vqModel(discrete, {channels, filters, learningRate});
    const history = await trainAndWatch(model, {
      train: shuffled(data.train, reconstruction, batchSize, seed, previous?.epochs),
      validation: inOrder(data.test, reconstruction, batchSize),
      epochs,
      deadBelow: 1e-6 / (32 * 32 * channels),
      report,
      unfinished: scratch ? {folder: scratch, every: 1, previous} : undefined,
    });
    disposeModel(model);
    return history;
  },
});

/** `[32, 32, channels]` to 8 x 8 vectors of a codebook and back; compiled. */
export function vqModel(
  discrete: VectorQuantizerArgs & {seed: number},
  {channels, filters, learningRate}: {channels: number; filters: number; learningRate: number},
) {
  const parts = new Convolutional(filters, discrete.seed);
  const image = input({shape: [32, 32, channels]});
  const quantizer = layers.vectorQuantizer({name: 'codes', ...discrete});
  const chosen = quantizer.apply(parts.encode(image, DIM)) as SymbolicTensor;
  const model = modelOf({inputs: image, outputs: parts.decode(chosen, channels)});
  model.compile({optimizer: optimizers.adam({learningRate}), loss: 'meanSquaredError'});
  return model;
}
