/**
 * Which set-up and which temperatures let a network of logic gates learn CIFAR-10?
 *
 * The network of `dln.ts` with other temperatures of GroupSum, connections and initializations, for decoupled sampling and for
 * difflogic's soft training, and then each estimator at other temperatures. Few iterations; held-out training images choose.
 *
 *     node --import tsx examples/papers/dlnSetup.ts --preset paper
 */
import dln from './dln.js';
import {type Configuration, experiment, type Settings} from './experiment.js';

const decoupled = {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 2};
const soft = {estimator: 'soft', temperature: 1};
const network = {groupTemperature: 33.3, connections: 'unique', gateInitializer: 'randomNormal'};

/** One change to the network at a time. */
const setups = [
  ...[100, 50, 33.3, 25, 20, 10].map((groupTemperature) => ({...network, groupTemperature})),
  ...['random', 'balanced'].map((connections) => ({...network, connections})),
  {...network, gateInitializer: 'residual'},
];
/** Recorded before `unique` was chosen. */
const random = [100, 33.3, 20, 10].flatMap((groupTemperature) =>
  ['randomNormal', 'residual'].map((gateInitializer) => ({
    groupTemperature,
    connections: 'random',
    gateInitializer,
  })),
);
const singles = [0.1, 0.2, 0.3, 0.5, 0.7, 1];
const pairs = [0.01, 0.05, 0.1, 0.3].flatMap((forwardTemperature) =>
  [0.25, 0.5, 1, 2, 4].map((backwardTemperature) => ({
    ...decoupled,
    forwardTemperature,
    backwardTemperature,
  })),
);
const estimators = [
  ...pairs,
  ...['softmax', 'gumbel'].flatMap((estimator) => singles.map((temperature) => ({estimator, temperature}))),
  ...[0.5, 1, 2].map((temperature) => ({...soft, temperature})),
  {estimator: 'identity'},
];

/** Each once, in the order of its first appearance. */
const configurations = [
  ...new Map(
    [
      ...[...setups, ...random].flatMap((setup) =>
        [decoupled, soft].map((estimator) => ({...estimator, ...setup})),
      ),
      ...[network, {...network, connections: 'random'}].flatMap((setup) =>
        estimators.map((estimator) => ({...estimator, ...setup})),
      ),
    ].map((configuration): [string, Configuration] => [JSON.stringify(configuration), configuration]),
  ).values(),
];

/** What all runs share: the settings of `dln.ts` without those that are compared. */
function shared({groupTemperature, connections, gateInitializer, ...rest}: typeof dln.presets.paper) {
  return rest;
}

const {paper, quick} = dln.presets;

export default await experiment<Configuration, Settings>(import.meta.url, {
  ...dln,
  name: 'dlnSetup',
  question: 'Which set-up and which temperatures let a network of logic gates learn CIFAR-10?',
  presets: {paper: {...shared(paper), epochs: 4}, quick: shared(quick)},
  configurations,
  run: (configuration, seed, settings, report, scratch) =>
    dln.run(configuration, seed, {...dln.presets.paper, ...settings}, report, scratch),
});
