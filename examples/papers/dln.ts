/**
 * Which estimator trains the best network of logic gates, once every gate has been decided on?
 *
 * CIFAR-10 as bits (each colour value against 3 thresholds), four layers of 12,000 gates, GroupSum, batches of 100, Adam, 200,000
 * iterations (arXiv:2410.13331, section 5.1.3; difflogic's "small" network, arXiv:2210.08277). A tenth of the training images is
 * held out for validation, which chooses; the test set only reports. So an epoch has 450 iterations. The paper: decoupled (0.1, 2)
 * converges faster, ends more accurate and uses the 16 gates most evenly. `soft` is difflogic's own training; accuracies are
 * always those of the discrete network.
 *
 * The learning rate falls from 0.03 to 0 along a cosine, and half of the images are mirrored: together, these did better on
 * validation images than a constant 0.01 and no mirroring.
 * difflogic's own training has neither: `--set learningRate=0.01 --set learningRateSchedule=constant --set horizontalFlip=false`.
 *
 *     node --import tsx examples/papers/dln.ts --preset paper --epochs 45
 */
import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {functional, type LogicGateLayerArgs, layers, optimizers} from 'tfjs-discrete';
import {gateDistribution} from 'tfjs-discrete/analysis';
import {loadCifar10} from './data/cifar10.js';
import {classification, inOrder, shuffled} from './data/images.js';
import {type Configuration, either, experiment, highest, last, percent, type Settings} from './experiment.js';
import {holdOut} from './holdOut.js';
import {horizontalFlip} from './horizontalFlip.js';
import {disposeModel, trainAndWatch} from './training.js';
import {loadUnfinished} from './unfinished.js';

/** What besides the gates' own options makes the network. */
interface Network {
  /** Gates per layer. */
  readonly units: number;
  readonly groupTemperature: number;
  /** A number, or a schedule of the step. */
  readonly learningRate: number | functional.schedules.Schedule;
}

interface DlnSettings extends Settings {
  readonly units: number;
  readonly groupTemperature: number;
  /** At the first step. */
  readonly learningRate: number;
  readonly batchSize: number;
  /** Share of the training images that validates. */
  readonly holdOut: number;
  readonly connections: string;
  readonly gateInitializer: string;
  /** `constant`, or `cosine`: down to 0 at the end of training. */
  readonly learningRateSchedule: string;
  /** Mirrors each training image with probability 1/2. */
  readonly horizontalFlip: boolean;
}

const LAYERS = 4;
const common = {
  batchSize: 100,
  holdOut: 0.1,
  learningRate: 0.03,
  learningRateSchedule: 'cosine',
  horizontalFlip: true,
  units: 12_000,
  groupTemperature: 33.3,
  connections: 'unique',
  gateInitializer: 'randomNormal',
};

export default await experiment<Configuration, DlnSettings>(import.meta.url, {
  name: 'dln',
  question: 'Which estimator trains the best network of logic gates, once every gate has been decided on?',
  presets: {
    paper: {epochs: 445, seeds: 1, limit: 0, ...common},
    quick: {epochs: 2, seeds: 1, limit: 10_000, ...common},
  },
  configurations: [
    {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 2},
    {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 0.5},
    {estimator: 'soft', temperature: 1},
    {estimator: 'identity'},
    {estimator: 'softmax', temperature: 0.2},
    {estimator: 'gumbel', temperature: 1},
    // Runners-up of the search.
    {estimator: 'softmax', temperature: 0.1},
    {estimator: 'softmax', temperature: 0.3},
    {estimator: 'softmax', temperature: 1},
    {estimator: 'softmax', temperature: 2},
    {estimator: 'gumbel', temperature: 2},
    {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 1},
    {estimator: 'decoupled', forwardTemperature: 1, backwardTemperature: 2},
  ],
  // Runs recorded before there was a validation split were validated on the test set.
  columns: [
    {title: 'test accuracy, %', digits: 2, of: percent(either(last('test_acc'), last('val_acc')))},
    {title: 'val accuracy, %', digits: 2, of: percent(last('val_acc'))},
    {title: 'best val accuracy, %', digits: 2, of: percent(highest('val_acc'))},
    {title: 'training loss', digits: 4, of: last('loss')},
    {title: 'gate perplexity', digits: 2, of: meanPerplexity},
    {title: 'dead units, %', digits: 1, of: last('deadUnits')},
  ],
  /** A configuration may name settings, too; they then take the place of the shared ones. */
  async run(
    {estimator, temperature, forwardTemperature, backwardTemperature, ...own},
    seed,
    shared,
    report,
    scratch,
  ) {
    const settings = {...shared, ...own} as DlnSettings;
    const {epochs, batchSize, limit, connections, gateInitializer} = settings;
    const data = await loadCifar10(limit || undefined);
    const {train, validation} = holdOut(data.train, settings.holdOut);
    const previous = scratch ? await loadUnfinished(scratch) : undefined;
    const temperatures = {temperature, forwardTemperature, backwardTemperature};
    const gates = {estimator, ...temperatures, seed, connections, gateInitializer} as LogicGateLayerArgs;
    const samples = classification(data.classes);
    const batches = shuffled(train, samples, batchSize, seed, previous?.epochs);
    const learningRate = learningRateOf(settings, epochs * batches.size);
    const model = previous?.model ?? dlnModel(gates, {...settings, learningRate});
    const history = await trainAndWatch(model, {
      train: settings.horizontalFlip ? horizontalFlip(batches, seed, previous?.epochs) : batches,
      validation: inOrder(validation, samples),
      test: inOrder(data.test, samples),
      epochs,
      deadBelow: 1e-6, // a gate is one of 48,000
      report,
      unfinished: scratch ? {folder: scratch, every: 2, previous} : undefined,
    });
    const distribution = await gateDistribution(model);
    disposeModel(model);
    return {
      ...history,
      ...Object.fromEntries(distribution.map(({layer, counts}) => [`gates/${layer}`, counts])),
    };
  },
});

/**
 * The learning rate as the settings describe it.
 *
 * @param steps Of the whole training.
 */
export function learningRateOf(
  {learningRate, learningRateSchedule}: Pick<DlnSettings, 'learningRate' | 'learningRateSchedule'>,
  steps: number,
): number | functional.schedules.Schedule {
  switch (learningRateSchedule) {
    case 'constant':
      return learningRate;
    case 'cosine':
      return functional.schedules.cosine(learningRate, 0, steps);
    default:
      throw new Error(`\`learningRateSchedule\` must be constant or cosine, got ${learningRateSchedule}.`);
  }
}

function meanPerplexity(history: Readonly<Record<string, readonly number[]>>): number {
  const ends = Object.keys(history)
    .filter((key) => key.startsWith('perplexity/'))
    .map((key) => last(key)(history));
  return ends.reduce((sum, value) => sum + value, 0) / ends.length;
}

/** Four layers of gates on binarised images; compiled. */
export function dlnModel(gates: Omit<LogicGateLayerArgs, 'units'>, network: Network) {
  const {units, groupTemperature, learningRate} = network;
  const model = sequential({
    layers: [
      layers.thermometerEncoding({inputShape: [32, 32, 3], thresholds: [0.25, 0.5, 0.75]}),
      keras.permute({dims: [3, 1, 2]}), // unique connections pairs neighbours: pixels of a row, not bits of a pixel
      keras.flatten(),
      ...Array.from({length: LAYERS}, (_, i) =>
        layers.logicGateLayer({...gates, units, name: `gates${i + 1}`}),
      ),
      layers.groupSum({groups: 10, temperature: groupTemperature}),
      keras.softmax(),
    ],
  });
  model.compile({
    optimizer: optimizers.adam({learningRate}),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}
