/**
 * How do bias and variance of the estimated gradient develop while a network trains at the temperatures under test?
 *
 * The categorical variational autoencoder of `categoricalVae.ts` with 4 latents of 8 categories, trained at each pair of temperatures. After each
 * epoch, for eight test images together: the exact gradient by the logits, from all 4,096 codes, against 1,024 estimates
 * (papers' predecessor, appendix C and figure 6: both rise with the forward and fall with the backward temperature). `bias`
 * takes the exact gradient at the forward temperature under test, `biasAt1` at 1; the deviation is divided by the norm of the mean,
 * as the papers' public code does. `figures/biasVariance.ts` holds the weights instead.
 *
 *     node --import tsx examples/papers/trackedMoments.ts --preset paper
 */
import {dispose} from '@tensorflow/tfjs-core';
import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {vaeModel} from './categoricalVae.js';
import {flatPixels, flatReconstruction, inOrder, loadGrey, shuffled} from './data/images.js';
import {type Configuration, type DiscreteArgs, experiment, last} from './experiment.js';
import {holdOut} from './holdOut.js';
import {startAtMeanImage} from './meanImage.js';
import {disposeModel, trainAndWatch} from './training.js';
import {encodeImages, exactTogether, momentsTogether} from './vaeMoments.js';

const [FORWARD, BACKWARD] = [1.6, 1.3];
const TEMPERATURES = [0.3, 0.6, 1, 1.3, 1.6, 2, 2.5, 3];
const common = {
  latents: 4,
  categories: 8,
  batchSize: 200,
  learningRate: 5e-4,
  activation: 'leakyRelu',
  warmUp: true,
  outputBias: 'meanImage',
  holdOut: 0.1,
  images: 8,
  passes: 1024,
};

/** Each sweep passes through the papers' best pair. */
const pairs = [
  ...TEMPERATURES.map((forward) => [forward, BACKWARD] as const),
  ...TEMPERATURES.filter((backward) => backward !== BACKWARD).map((backward) => [FORWARD, backward] as const),
];

export default await experiment(import.meta.url, {
  name: 'trackedMoments',
  question: 'How do bias and variance of the estimated gradient develop while a network trains?',
  presets: {
    paper: {epochs: 5, seeds: 3, limit: 0, ...common},
    quick: {epochs: 1, seeds: 1, limit: 5000, ...common, images: 2, passes: 128},
  },
  configurations: ['decoupledGumbel', 'decoupled'].flatMap((estimator) =>
    pairs.map(
      ([forwardTemperature, backwardTemperature]): Configuration => ({
        estimator,
        forwardTemperature,
        backwardTemperature,
      }),
    ),
  ),
  columns: [
    {title: 'bias, exact at the forward temperature', digits: 3, of: last('bias')},
    {title: 'bias, exact at 1', digits: 3, of: last('biasAt1')},
    {title: 'deviation', digits: 2, of: last('deviation')},
    {title: 'deviation / norm of the mean', digits: 2, of: last('noiseToSignal')},
    {title: 'norm of the exact gradient', digits: 3, of: last('exactNorm')},
    {title: 'perplexity', digits: 2, of: last('perplexity/code')},
  ],
  async run(configuration, seed, settings, report) {
    const {epochs, batchSize, learningRate, limit, latents, categories} = settings;
    const data = await loadGrey('mnist', 0, limit || undefined);
    const {train, validation} = holdOut(data.train, settings.holdOut);
    const {model, output, ...parts} = vaeModel(configuration, seed, learningRate, settings);
    if (settings.outputBias === 'meanImage') startAtMeanImage(output, train);
    const images = Array.from({length: settings.images}, (_, index) =>
      flatPixels(data.test, Uint32Array.of(index)),
    );
    const measure = async () => {
      const {forwardTemperature} = configuration as DiscreteArgs;
      const encoded = encodeImages(parts, images, [latents, categories]);
      const exact = {
        atForward: await exactTogether(encoded, forwardTemperature!),
        at1: await exactTogether(encoded, 1),
      };
      const moments = await momentsTogether(
        encoded,
        {...configuration, passes: settings.passes, seed},
        exact,
      );
      dispose(encoded.map(({logits}) => logits));
      return {...moments};
    };
    const history = await trainAndWatch(model, {
      train: shuffled(train, flatReconstruction, batchSize, seed),
      validation: inOrder(validation, flatReconstruction),
      epochs,
      deadBelow: 1e-3,
      callbacks: [new Measure(measure)],
      report,
    });
    dispose(images);
    disposeModel(model);
    return history;
  },
});

/** Writes what `measure` finds after each epoch into the logs. */
class Measure extends Callback {
  constructor(private readonly measure: () => Promise<Record<string, number>>) {
    super();
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs): Promise<void> {
    Object.assign(logs, await this.measure());
  }
}
