/**
 * Where do a categorical variational autoencoder's best temperatures lie?
 *
 * MNIST, 784-512-256-latents and mirrored; 4 latents of 8 categories, or 12 of 16; binary cross-entropy plus the divergence
 * of the codes' distribution from the uniform one; RAdam, 160 epochs, 10 seeds (papers' predecessor, section 5.1.2,
 * figures 3 and 4, appendix A.2). The paper says nothing of the activation, `--set activation=leakyRelu` or `elu`, nor of the batches,
 * `--set batchSize=100`; `--set warmUp=false` is Adam, `--set outputBias=meanImage` starts from the mean image. The paper: lowest
 * cross-entropy where the forward temperature exceeds the backward one, with 8 x 4 near (1.6, 1.3); one temperature for
 * both gains little by tuning. Evaluation samples the codes. The last tenth of the training images validates; the test set reports.
 *
 *     node --import tsx examples/papers/categoricalVae.ts --set categories=16 --set latents=12 --set learningRate=7e-4
 */
import {add, logSoftmax, mul, reshape, slice, softmax, sum, type Tensor} from '@tensorflow/tfjs-core';
import {
  input,
  layers as keras,
  metrics,
  model as modelOf,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {layers, optimizers} from 'tfjs-discrete';
import {uniformInitialization} from '../mnist/tasks/initializers.js';
import {flatReconstruction, inOrder, loadGrey, shuffled} from './data/images.js';
import {atLowest, type Column, type DiscreteArgs, either, experiment, last, lowest} from './experiment.js';
import {hidden} from './hidden.js';
import {holdOut} from './holdOut.js';
import {startAtMeanImage} from './meanImage.js';
import {ModePerplexity} from './modePerplexity.js';
import {disposeModel, trainAndWatch} from './training.js';

const PIXELS = 784;
const common = {
  batchSize: 200,
  learningRate: 5e-4,
  categories: 8,
  latents: 4,
  activation: 'relu',
  warmUp: true,
  epsilon: 1e-8,
  outputBias: 'uniform',
  holdOut: 0.1,
};

/** Runs recorded before there was a validation split were validated on the test set. */
const tested = (figure: (key: string) => Column['of'], key: string) =>
  either(figure(`test_${key}`), figure(`val_${key}`));

export default await experiment(import.meta.url, {
  name: 'categoricalVae',
  question: 'Where do a categorical variational autoencoder’s best temperatures lie?',
  presets: {
    paper: {epochs: 160, seeds: 10, limit: 0, ...common},
    quick: {epochs: 3, seeds: 1, limit: 10_000, ...common},
  },
  configurations: [
    {estimator: 'decoupledGumbel', forwardTemperature: 1.6, backwardTemperature: 1.3},
    {estimator: 'decoupled', forwardTemperature: 1.6, backwardTemperature: 1.3},
    {estimator: 'gumbel', temperature: 1},
    {estimator: 'softmax', temperature: 1},
    {estimator: 'reinMax', temperature: 1},
    {estimator: 'gumbelSoftmax', temperature: 1},
  ],
  columns: [
    {title: 'cross-entropy, nats', digits: 2, of: tested(last, 'crossEntropy')},
    {
      title: 'cross-entropy, best epoch',
      digits: 2,
      of: either(atLowest('val_loss', 'test_crossEntropy'), lowest('val_crossEntropy')),
    },
    {title: 'loss', digits: 2, of: tested(last, 'loss')},
    {title: 'divergence', digits: 2, of: tested(last, 'divergence')},
    {title: 'perplexity', digits: 2, of: last('perplexity/code')},
    {title: 'perplexity of modes', digits: 2, of: last('val_perplexity/code')},
  ],
  async run(configuration, seed, settings, report) {
    const {epochs, batchSize, learningRate, limit} = settings;
    const data = await loadGrey('mnist', 0, limit || undefined);
    const {train, validation} = holdOut(data.train, settings.holdOut);
    const {model, output} = vaeModel(configuration, seed, learningRate, settings);
    if (settings.outputBias === 'meanImage') startAtMeanImage(output, train);
    const held = inOrder(validation, flatReconstruction);
    const history = await trainAndWatch(model, {
      train: shuffled(train, flatReconstruction, batchSize, seed),
      validation: held,
      test: inOrder(data.test, flatReconstruction),
      callbacks: [new ModePerplexity(model, 'code', held)],
      epochs,
      deadBelow: 1e-3,
      report,
    });
    disposeModel(model);
    return history;
  },
});

/** 784-512-256-latents and mirrored; compiled; `encoder` gives logits, `decode` turns codes into images. */
export function vaeModel(
  discrete: DiscreteArgs,
  seed: number,
  learningRate: number,
  {
    categories,
    latents,
    activation,
    warmUp,
    epsilon = common.epsilon,
  }: Pick<typeof common, 'categories' | 'latents' | 'activation' | 'warmUp'> & {epsilon?: number},
) {
  const width = latents * categories;
  const start = uniformInitialization(seed);
  const dense = (units: number, inputs: number) => hidden(activation, {units, ...start(inputs)});
  const image = input({shape: [PIXELS]});
  const logits = through(image, [
    ...dense(512, PIXELS),
    ...dense(256, 512),
    keras.dense({units: width, ...start(256)}),
  ]);
  const code = layers.decoupledCategorical({
    name: 'code',
    categories,
    evaluation: 'sample',
    seed,
    ...discrete,
  });
  const decoder = [
    ...dense(256, width),
    ...dense(512, 256),
    keras.dense({units: PIXELS, activation: 'sigmoid', ...start(512)}),
  ];
  // One output: with several, TensorFlow.js 4.22 mixes up their validation losses.
  const both = keras.concatenate().apply([through(logits, [code, ...decoder]), logits]) as SymbolicTensor;
  const model = modelOf({inputs: image, outputs: both});
  const crossEntropy = (x: Tensor, given: Tensor) =>
    mul(metrics.binaryCrossentropy(x, slice(given, [0, 0], [-1, PIXELS])), PIXELS);
  const divergence = (_: Tensor, given: Tensor) =>
    fromUniform(reshape(slice(given, [0, PIXELS], [-1, width]), [-1, latents, categories]));
  model.compile({
    optimizer: optimizers[warmUp ? 'rectifiedAdam' : 'adam']({learningRate, epsilon}),
    loss: (x: Tensor, given: Tensor) => add(crossEntropy(x, given), divergence(x, given)),
    metrics: [crossEntropy, divergence],
  });
  const decode = (codes: Tensor) => decoder.reduce((x, layer) => layer.apply(x) as Tensor, codes);
  return {model, encoder: modelOf({inputs: image, outputs: logits}), decode, output: decoder.at(-1)!};
}

function through(symbol: SymbolicTensor, parts: readonly keras.Layer[]): SymbolicTensor {
  return parts.reduce((value, part) => part.apply(value) as SymbolicTensor, symbol);
}

/** Sum over latents of KL(softmax(logits) | uniform), nats, `[batch]`. */
function fromUniform(logits: Tensor): Tensor {
  const entropies = sum(mul(softmax(logits), logSoftmax(logits)), [1, 2]);
  const [, latents, categories] = logits.shape;
  return add(entropies, latents! * Math.log(categories!));
}
