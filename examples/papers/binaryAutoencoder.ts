/**
 * Does a binary autoencoder reconstruct better with a low forward and a high backward temperature?
 *
 * A convolutional autoencoder with residual connections and a code of 8 x 8 x 32 bits, on MNIST (framed to 32 x 32), CIFAR-10
 * or SVHN; squared error, batches of 64, Adam at 3e-4, 100 epochs, 5 seeds (papers' predecessor, section 5.1.1, figure 2,
 * appendix A.1). The paper: with ST-GS's two temperatures apart, best at (0.3, 3) and beyond; near 2.64e-3 on CIFAR-10
 * against 3.58e-3 at (1, 1).
 *
 *     node --import tsx examples/papers/binaryAutoencoder.ts --preset paper --set dataset=cifar-10
 */
import {input, model as modelOf, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import {callbacks, functional, layers, optimizers} from 'tfjs-discrete';
import {Convolutional} from './convolutional.js';
import {inOrder, reconstruction, shuffled} from './data/images.js';
import {loadImages} from './data/index.js';
import {type Configuration, type DiscreteArgs, experiment, last, lowest, thousandfold} from './experiment.js';
import {disposeModel, trainAndWatch} from './training.js';
import {loadUnfinished} from './unfinished.js';

const common = {batchSize: 64, learningRate: 3e-4, filters: 64, dataset: 'mnist'};
const BITS = 32;

const configurations: Configuration[] = [
  {estimator: 'decoupledGumbel', forwardTemperature: 0.3, backwardTemperature: 3},
  {estimator: 'decoupled', forwardTemperature: 0.3, backwardTemperature: 3},
  {estimator: 'decoupledGumbel', forwardTemperature: 1, backwardTemperature: 1},
  {estimator: 'softmax', temperature: 1},
  {estimator: 'gumbel', temperature: 1},
  {estimator: 'identity'},
];

export default await experiment(import.meta.url, {
  name: 'binaryAutoencoder',
  question:
    'Does a binary autoencoder reconstruct better with a low forward and a high backward temperature?',
  presets: {
    paper: {epochs: 100, seeds: 5, limit: 0, ...common},
    quick: {epochs: 1, seeds: 1, limit: 2000, ...common, filters: 16},
  },
  configurations,
  columns: [
    {title: 'loss, 1e-3', digits: 3, of: thousandfold(last('loss'))},
    {title: 'val loss, sampled bits', digits: 3, of: thousandfold(last('val_sampled_loss'))},
    {title: 'val loss, mode of bits', digits: 3, of: thousandfold(last('val_loss'))},
    {title: 'best of it', digits: 3, of: thousandfold(lowest('val_loss'))},
    {title: 'perplexity, of 2', digits: 2, of: last('perplexity/code')},
    {title: 'gradient norm', digits: 4, of: last('gradientNorm')},
  ],
  async run({forwardEnd, backwardEnd, ...configuration}, seed, settings, report, scratch) {
    const {epochs, batchSize, learningRate, filters, dataset, limit} = settings;
    const data = await loadImages(dataset, limit || undefined);
    const {channels} = data.train;
    const previous = scratch ? await loadUnfinished(scratch) : undefined;
    const model =
      previous?.model ?? binaryModel(configuration, seed, {channels, filters, learningRate}).model;
    const schedule = (from: unknown, to: unknown) =>
      to === undefined
        ? undefined
        : functional.schedules.linear(from as number, to as number, Math.max(1, epochs - 1));
    const forward = schedule(configuration.forwardTemperature, forwardEnd);
    const backward = schedule(configuration.backwardTemperature, backwardEnd);
    const test = inOrder(data.test, reconstruction);
    const history = await trainAndWatch(model, {
      train: shuffled(data.train, reconstruction, batchSize, seed, previous?.epochs),
      validation: test,
      sampled: true,
      epochs,
      deadBelow: 1e-3 / (32 * 32 * channels),
      report,
      unfinished: scratch ? {folder: scratch, every: 1, previous} : undefined,
      callbacks: [...(forward || backward ? [callbacks.temperatureSchedule({forward, backward})] : [])],
    });
    disposeModel(model);
    return history;
  },
});

/** `[32, 32, channels]` to 8 x 8 x 32 bits and back; compiled; `encoder` gives log-odds, `decoder` takes bits. */
export function binaryModel(
  discrete: DiscreteArgs,
  seed: number,
  {channels, filters, learningRate}: {channels: number; filters: number; learningRate: number},
) {
  const parts = new Convolutional(filters, seed);
  const image = input({shape: [32, 32, channels]});
  const logits = parts.encode(image, BITS);
  const bits = input({shape: [8, 8, BITS]});
  const decoder = modelOf({name: 'decoder', inputs: bits, outputs: parts.decode(bits, channels)});
  const code = layers.stochasticBinary({name: 'code', seed, ...discrete});
  const output = decoder.apply(code.apply(logits)) as SymbolicTensor;
  const model = modelOf({inputs: image, outputs: output});
  model.compile({optimizer: optimizers.adam({learningRate}), loss: 'meanSquaredError'});
  return {model, encoder: modelOf({inputs: image, outputs: logits}), decoder};
}
