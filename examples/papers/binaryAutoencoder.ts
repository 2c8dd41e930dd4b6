/**
 * Does a binary autoencoder reconstruct better with a low forward and a high backward temperature?
 *
 * A convolutional autoencoder with residual connections and a code of 8 x 8 x 32 bits, on MNIST (framed to 32 x 32), CIFAR-10
 * or SVHN; squared error, batches of 64, Adam at 3e-4, 100 epochs, 5 seeds (papers' predecessor, section 5.1.1, figure 2,
 * appendix A.1). The paper: with ST-GS's two temperatures apart, best at (0.3, 3) and beyond; near 2.64e-3 on CIFAR-10
 * against 3.58e-3 at (1, 1).
 *
 * What the paper leaves open: 16 filters, and PyTorch's initialization (`--set initialization=he` for He's). The last tenth of the training
 * images validates; the test set only reports. Both are evaluated by the mode of each bit and by samples.
 *
 *     node --import tsx examples/papers/binaryAutoencoder.ts --preset paper --set dataset=cifar-10
 */
import {input, model as modelOf, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import {callbacks, functional, layers, optimizers} from 'tfjs-discrete';
import {Convolutional, type ConvolutionalSettings, type Initialization} from './convolutional.js';
import {inOrder, reconstruction, shuffled} from './data/images.js';
import {loadImages} from './data/index.js';
import {
  atLowest,
  type Configuration,
  type DiscreteArgs,
  either,
  experiment,
  last,
  lowest,
  thousandfold,
} from './experiment.js';
import {holdOut} from './holdOut.js';
import {disposeModel, trainAndWatch} from './training.js';
import {loadUnfinished} from './unfinished.js';

const common = {
  batchSize: 64,
  learningRate: 3e-4,
  filters: 16,
  dataset: 'mnist',
  initialization: 'pytorch',
  holdOut: 0.1,
};
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
    quick: {epochs: 1, seeds: 1, limit: 2000, ...common},
  },
  configurations,
  columns: [
    {title: 'training loss, 1e-3', digits: 3, of: thousandfold(last('loss'))},
    {
      title: 'loss on the test set, sampled bits',
      digits: 3,
      of: thousandfold(either(last('test_sampled_loss'), last('val_sampled_loss'))),
    },
    {
      title: 'mode of bits',
      digits: 3,
      of: thousandfold(either(last('test_loss'), last('val_loss'))),
    },
    {
      title: 'mode, best epoch',
      digits: 3,
      of: thousandfold(either(atLowest('val_loss', 'test_loss'), lowest('val_loss'))),
    },
    {title: 'perplexity, of 2', digits: 2, of: last('perplexity/code')},
    {title: 'gradient norm', digits: 4, of: last('gradientNorm')},
  ],
  async run({forwardEnd, backwardEnd, ...configuration}, seed, settings, report, scratch) {
    const {epochs, batchSize, learningRate, filters, dataset, limit, initialization} = settings;
    const data = await loadImages(dataset, limit || undefined);
    const {train, validation} = holdOut(data.train, settings.holdOut);
    const {channels} = train;
    const previous = scratch ? await loadUnfinished(scratch) : undefined;
    const model =
      previous?.model ??
      binaryModel(configuration, seed, {
        channels,
        filters,
        learningRate,
        initialization: initialization as Initialization,
      }).model;
    const schedule = (from: unknown, to: unknown) =>
      to === undefined
        ? undefined
        : functional.schedules.linear(from as number, to as number, Math.max(1, epochs - 1));
    const forward = schedule(configuration.forwardTemperature, forwardEnd);
    const backward = schedule(configuration.backwardTemperature, backwardEnd);
    const history = await trainAndWatch(model, {
      train: shuffled(train, reconstruction, batchSize, seed, previous?.epochs),
      validation: inOrder(validation, reconstruction),
      test: inOrder(data.test, reconstruction),
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
  {channels, filters, learningRate, initialization}: ConvolutionalSettings,
) {
  const parts = new Convolutional(filters, seed, initialization);
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
