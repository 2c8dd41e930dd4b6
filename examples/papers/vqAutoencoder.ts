/**
 * Does Decoupled Straight-Through keep a large codebook in use?
 *
 * A vector-quantised autoencoder: 8 x 8 vectors of 16 numbers, each replaced by one of 512 or 8,192 codes, without commitment
 * loss or moving averages, on MNIST or CIFAR-10. The paper leaves this as future work (arXiv:2410.13331, section 6), so
 * there is no figure to meet; `identity` is the nearest code with the gradient passed to the logits unchanged. The baseline is `vqVae`:
 * the nearest code, copied gradients, commitment loss, a codebook of moving averages, and dead codes that start again. Distances are
 * those of vectors of length 1, so that a temperature means the same throughout training; `--set distances=raw` leaves them as they are.
 *
 *     node --import tsx examples/papers/vqAutoencoder.ts --preset paper --set dataset=cifar-10
 */
import {add, div, serialization, sqrt, square, sum, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {input, layers as keras, model as modelOf, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import {layers, optimizers, type VectorQuantizerArgs} from 'tfjs-discrete';
import {Convolutional, type ConvolutionalSettings, type Initialization} from './convolutional.js';
import {inOrder, reconstruction, shuffled} from './data/images.js';
import {loadImages} from './data/index.js';
import {atLowest, type Configuration, either, experiment, last, lowest, thousandfold} from './experiment.js';
import {holdOut} from './holdOut.js';
import {disposeModel, trainAndWatch} from './training.js';
import {loadUnfinished} from './unfinished.js';
import {VqVae} from './vqVae.js';

const DIM = 16;
const common = {
  batchSize: 32,
  learningRate: 3e-4,
  filters: 16,
  dataset: 'mnist',
  initialization: 'pytorch',
  distances: 'normalised',
  holdOut: 0.1,
};

const baselines: Configuration[] = [
  {estimator: 'decoupled', forwardTemperature: 1, backwardTemperature: 0.5},
  {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 1},
  {estimator: 'softmax', temperature: 1},
  {estimator: 'gumbel', temperature: 1},
  {estimator: 'identity'},
  {estimator: 'vqVae'},
];

export default await experiment(import.meta.url, {
  name: 'vqAutoencoder',
  question: 'Does decoupling keep a large codebook in use?',
  presets: {
    paper: {epochs: 20, seeds: 3, limit: 0, ...common},
    quick: {epochs: 1, seeds: 1, limit: 1000, ...common},
  },
  configurations: [512, 8192].flatMap((codes) => baselines.map((baseline) => ({...baseline, codes}))),
  columns: [
    {title: 'loss, 1e-3', digits: 3, of: thousandfold(either(last('test_loss'), last('val_loss')))},
    {
      title: 'loss, best epoch',
      digits: 3,
      of: thousandfold(either(atLowest('val_loss', 'test_loss'), lowest('val_loss'))),
    },
    {title: 'codes in use (perplexity)', digits: 1, of: last('perplexity/codes')},
    {title: 'dead codes, %', digits: 1, of: last('deadUnits')},
  ],
  async run({codes, ...configuration}, seed, settings, report, scratch) {
    const {epochs, batchSize, learningRate, filters, dataset, limit, distances} = settings;
    const data = await loadImages(dataset, limit || undefined);
    const {train, validation} = holdOut(data.train, settings.holdOut);
    const {channels} = train;
    const previous = scratch ? await loadUnfinished(scratch) : undefined;
    const discrete = {...configuration, codes: codes as number, seed};
    const initialization = settings.initialization as Initialization;
    const network = {channels, filters, learningRate, initialization, normalised: distances === 'normalised'};
    const model = previous?.model ?? vqModel(discrete, network);
    const history = await trainAndWatch(model, {
      train: shuffled(train, reconstruction, batchSize, seed, previous?.epochs),
      validation: inOrder(validation, reconstruction, batchSize),
      test: inOrder(data.test, reconstruction, batchSize),
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
  {estimator, ...discrete}: VectorQuantizerArgs & {seed: number},
  {normalised, ...settings}: ConvolutionalSettings & {normalised?: boolean},
) {
  const {channels, filters, learningRate, initialization} = settings;
  const parts = new Convolutional(filters, discrete.seed, initialization);
  const image = input({shape: [32, 32, channels]});
  const encoded = parts.encode(image, DIM);
  const vectors = normalised ? (new UnitLength().apply(encoded) as SymbolicTensor) : encoded;
  const quantizer =
    estimator === 'vqVae'
      ? new VqVae({name: 'codes', codes: discrete.codes, seed: discrete.seed})
      : layers.vectorQuantizer({name: 'codes', estimator, ...discrete});
  const chosen = quantizer.apply(vectors) as SymbolicTensor;
  const model = modelOf({inputs: image, outputs: parts.decode(chosen, channels)});
  model.compile({optimizer: optimizers.adam({learningRate}), loss: 'meanSquaredError'});
  return model;
}

/** Divides each vector by its length. */
class UnitLength extends keras.Layer {
  static readonly className = 'PapersUnitLength';

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      return div(x, sqrt(add(sum(square(x), -1, true), 1e-12)));
    });
  }
}
serialization.registerClass(UnitLength as never);
