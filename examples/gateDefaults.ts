/**
 * Which defaults let a logic-gate network learn MNIST in three epochs with Adam at its default rate?
 *
 * Trains thermometer encoding (3 thresholds), `depth` layers of `width` gates, GroupSum and softmax, and appends one line of JSON per run:
 * the settings and, per epoch, the validation accuracy (every gate by its mode) and the training accuracy (gates sampled).
 * Every option that is compared takes several values, and all combinations are trained; runs that are in the output file already
 * are left out. Without options it is the network as a newcomer writes it, at the package's defaults.
 *
 *     node --import tsx examples/gateDefaults.ts --depth 1 2 3 4 5 6 --batch-size 32 128 --output gateDefaults.jsonl
 */
import {appendFileSync, existsSync, readFileSync} from 'node:fs';
import {mul, type Tensor, tidy, train} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import {Command, InvalidArgumentError} from 'commander';
import {type GroupSum, type LogicGateLayer, type LogicGateLayerArgs, layers} from 'tfjs-discrete';
import {useBackend} from 'tfjs-discrete/node';
import {shuffledBatches, testBatches} from './mnist/data/batches.js';
import {loadDataset} from './mnist/data/datasets.js';
import {whole} from './mnist/numbers.js';

/** What one run is trained with; what is left out is the package's default. */
interface Settings {
  depth: number;
  width: number;
  learningRate: number;
  batchSize: number;
  epochs: number;
  connections: NonNullable<LogicGateLayerArgs['connections']>;
  seed: number;
  estimator?: string;
  temperature?: number;
  forward?: number;
  backward?: number;
  groupTemperature?: number;
  /** Standard deviation of normal gate logits, in place of residual ones. */
  normal?: number;
  residualProbability?: number;
  gradientFactor?: number;
}

interface Run extends Settings {
  validationAccuracy: number[];
  trainingAccuracy: number[];
}

const number = (text: string, previous?: number[] | unknown): number[] => {
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.');
  return [...(Array.isArray(previous) ? (previous as number[]) : []), value];
};

const options = new Command('node --import tsx examples/gateDefaults.ts')
  .description('Which defaults let a logic-gate network learn?')
  .option('--depth <n...>', 'numbers of layers (default: 2)', number)
  .option('--width <n...>', 'gates per layer (default: 4000)', number)
  .option('--learning-rate <rate...>', 'of Adam (default: 0.001)', number)
  .option('--batch-size <n...>', 'images per step (default: 32)', number)
  .option('--forward <t...>', 'forward temperatures', number)
  .option('--backward <t...>', 'backward temperatures', number)
  .option('--estimator <id...>', 'estimators')
  .option('--temperature <t...>', 'temperatures of an estimator that has one', number)
  .option('--group-temperature <t...>', 'temperatures of GroupSum', number)
  .option(
    '--normal <deviation...>',
    'standard deviations of normal gate logits in place of residual ones',
    number,
  )
  .option('--residual-probability <p...>', 'that a new gate’s output equals its first input', number)
  .option('--gradient-factor <f...>', 'factors of the gradient that reaches inputs', number)
  .option('--connections <kind...>', 'random, unique or balanced', ['random'])
  .option('--seed <n...>', 'the same seed, the same figures (default: 1)', number)
  .option('--epochs <n>', 'passes over the training set', whole(1), 3)
  .option('--limit <n>', 'use only the first n images of the training and of the test set', whole(1))
  .option('--output <file>', 'where a line of JSON per run is appended')
  .parse()
  .opts();

const given = (args: object) =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));

/** Every combination of the values that were given. */
function combinations(): Settings[] {
  const {limit, output, epochs, ...lists} = options;
  const defaults = {depth: [2], width: [4000], learningRate: [0.001], batchSize: [32], seed: [1]};
  let all: object[] = [{}];
  for (const [name, values] of Object.entries({...defaults, ...lists})) {
    all = (values as unknown[]).flatMap((value) => all.map((one) => ({...one, [name]: value})));
  }
  return all.map((one) => ({...one, epochs})) as Settings[];
}

function network({
  depth,
  width,
  forward,
  backward,
  groupTemperature,
  normal,
  ...rest
}: Settings): tf.Sequential {
  const {estimator, temperature, residualProbability, gradientFactor, connections, seed} = rest;
  const gates = {
    units: width,
    connections,
    seed,
    ...given({
      estimator,
      temperature,
      forwardTemperature: forward,
      backwardTemperature: backward,
      residualProbability,
      gradientFactor,
      gateInitializer: normal === undefined ? undefined : 'randomNormal',
    }),
  };
  const model = tf.sequential();
  model.add(layers.thermometerEncoding({thresholds: 3, inputShape: [784]}));
  for (let layer = 0; layer < depth; layer++) model.add(layers.logicGateLayer(gates));
  model.add(layers.groupSum({groups: 10, ...given({temperature: groupTemperature})}));
  model.add(tf.layers.softmax());
  if (normal !== undefined) scaleGates(model, normal);
  return model;
}

/** The settings with the defaults that were left to the layers. */
function withDefaults(settings: Settings, model: tf.Sequential): Settings {
  const gates = model.layers[1] as LogicGateLayer;
  const sums = model.layers.at(-2) as GroupSum;
  const {estimator, normal} = settings;
  const [forward, backward] = [gates.forwardTemperature, gates.backwardTemperature];
  return {
    ...settings,
    ...(estimator === undefined ? {forward, backward} : {}),
    ...(normal === undefined ? {residualProbability: gates.residualProbability} : {}),
    groupTemperature: sums.temperature!,
  };
}

/** Multiplies standard normal gate logits. */
function scaleGates(model: tf.Sequential, deviation: number): void {
  for (const layer of model.layers.slice(1, -2)) {
    tidy(() => {
      const [gates, ...rest] = layer.getWeights() as [Tensor, ...Tensor[]];
      layer.setWeights([mul(gates, deviation), ...rest]);
    });
  }
}

const percent = (accuracies: unknown) =>
  (accuracies as number[]).map((one) => Number((100 * one).toFixed(2)));

/** The same for the same settings. */
const keyOf = ({validationAccuracy, trainingAccuracy, ...settings}: Partial<Run>) =>
  JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));

console.log((await useBackend()).message);
const data = await loadDataset('mnist', options.limit);
const previous =
  options.output !== undefined && existsSync(options.output) ? readFileSync(options.output, 'utf8') : '';
const recorded = new Set(
  previous
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => keyOf(JSON.parse(line))),
);
for (const combination of combinations()) {
  const model = network(combination);
  const settings = withDefaults(combination, model);
  const {learningRate, batchSize, epochs, seed} = settings;
  if (recorded.has(keyOf(settings))) {
    model.dispose();
    continue;
  }
  const optimizer = train.adam(learningRate);
  model.compile({optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  const {history} = await model.fitDataset(shuffledBatches(data, 'labels', batchSize, seed) as never, {
    epochs,
    validationData: testBatches(data, 'labels') as never,
    verbose: 0,
  });
  const run: Run = {
    ...settings,
    validationAccuracy: percent(history.val_acc),
    trainingAccuracy: percent(history.acc),
  };
  console.log(JSON.stringify(run));
  if (options.output !== undefined) appendFileSync(options.output, `${JSON.stringify(run)}\n`);
  model.dispose();
  optimizer.dispose();
}
