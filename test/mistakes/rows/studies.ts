import {ones, sum, type Tensor, zeros} from '@tensorflow/tfjs-core';
import {layers as tfLayers, sequential as tfSequential} from '@tensorflow/tfjs-layers';
import * as typedAnalysis from '../../../src/analysis/index.js';
import * as typedSearch from '../../../src/search/index.js';
import {mistakes, type Untyped} from '../Mistake.js';
import {smallModel} from './training.js';

const analysis = typedAnalysis as Untyped;
const {
  configurationsToCsv,
  diagonal,
  fromJson,
  grid,
  heatMap,
  linePlot,
  range,
  search,
  sequential,
  startSearchWorker,
  toJson,
  writeHParams,
} = typedSearch as Untyped;

const strategy = () => diagonal({temperature: [0.5, 1]});
const trial = async () => ({loss: 1});
const quiet = {progress: false};
const result = (args: Untyped = {}) =>
  search({trial, strategy: strategy(), minimize: 'loss', ...quiet, ...args});

export const searchMistakes = mistakes(
  [
    'both directions at once',
    ['search', '`maximize`', '`minimize`', '"acc"'],
    () => result({minimize: 'loss', maximize: 'acc'}),
  ],
  ['no direction', ['search', '`minimize`', '`maximize`', 'undefined'], () => result({minimize: undefined})],
  ['no trial', ['search', '`trial`', 'function', 'undefined'], () => result({trial: undefined})],
  ['no strategy', ['search', '`strategy`', 'undefined'], () => result({strategy: undefined})],
  [
    'the arguments of a strategy in place of a strategy',
    ['search', '`strategy`', '{"temperature":[1]}'],
    () => result({strategy: {temperature: [1]}}),
  ],
  ['a misspelt option', ['search', '`seed`', '`seeds`'], () => result({seed: 1})],
  ['a number of seeds in place of seeds', ['search', '`seeds`', 'list', '3'], () => result({seeds: 3})],
  ['the same seed twice', ['search', '`seeds`', 'distinct', '[1,1]'], () => result({seeds: [1, 1]})],
  ['threads for a function', ['search', '`workers`', 'function', '4'], () => result({workers: 4})],
  ['a module that is not there', ['search', '`trial`', 'nowhere.js'], () => result({trial: './nowhere.js'})],
  ['a number as the journal', ['search', '`journal`', 'path', '7'], () => result({journal: 7})],
  [
    'a metric that no trial returns',
    ['`accuracy`', 'loss'],
    async () => {
      const {trials} = await result({minimize: 'accuracy', retries: 0});
      throw new Error(trials[0].errors.at(-1));
    },
  ],
  [
    'a trial that returns a number',
    ['trial', 'object of numbers', '0.3'],
    async () => {
      const {trials} = await result({trial: async () => 0.3, retries: 0});
      throw new Error(trials[0].errors.at(-1));
    },
  ],
  [
    'a grid with old names',
    ['grid', '`forward`', '`forwardTemperature`'],
    () => grid({forward: [1], backward: [1]}),
  ],
  [
    'one number in place of a list',
    ['grid', '`forwardTemperature`', 'list', '1'],
    () => grid({forwardTemperature: 1, backwardTemperature: [1]}),
  ],
  [
    'a backward temperature of 0 in a grid',
    ['grid', '`backwardTemperature[0]`', '> 0', '0'],
    () => grid({forwardTemperature: [1], backwardTemperature: [0, 1]}),
  ],
  [
    'the same temperature twice',
    ['grid', '`forwardTemperature`', 'distinct', '[1,1]'],
    () => grid({forwardTemperature: [1, 1], backwardTemperature: [1]}),
  ],
  [
    'a sweep held at 0',
    ['sequential', '`fixedBackwardTemperature`', '> 0', '0'],
    () => sequential({forwardTemperature: [1], backwardTemperature: [1], fixedBackwardTemperature: 0}),
  ],
  [
    'the plural of temperature',
    ['diagonal', '`temperatures`', '`temperature`'],
    () => diagonal({temperatures: [1]}),
  ],
  ['a strategy without arguments', ['grid', '`forwardTemperature`', 'list', 'undefined'], () => grid()],
  ['a range that falls', ['range', '`to`', '>= 2', '0'], () => range(2, 0, 0.1)],
  ['a range in steps of 0', ['range', '`step`', '> 0', '0'], () => range(0, 2, 0)],
  ['a range without a step', ['range', '`step`', 'undefined'], () => range(0, 2)],
  ['a heat map of a promise', ['heatMap', '`result`', 'search'], () => heatMap(result())],
  [
    'a misspelt option of the heat map',
    ['heatMap', '`titel`', '`title`'],
    async () => heatMap(await result(), {titel: 'Loss'}),
  ],
  [
    'a learning rate that was not tried',
    ['heatMap', '`learningRate`', '0.5'],
    async () => heatMap(await result(), {learningRate: 0.5}),
  ],
  [
    'a reference outside the map',
    ['heatMap', '`reference', '9'],
    async () => heatMap(await result(), {reference: {forwardTemperature: 9, backwardTemperature: 1}}),
  ],
  ['a line plot of nothing', ['linePlot', '`result`', 'undefined'], () => linePlot()],
  [
    'a line plot along an axis nobody knows',
    ['linePlot', '`along`', '"tf"'],
    async () => linePlot(await result(), {along: 'tf'}),
  ],
  ['a file name in place of JSON', ['fromJson', '`text`', 'result.json'], () => fromJson('result.json')],
  ['other JSON than a result', ['fromJson', '`text`', 'toJson'], () => fromJson('{}')],
  ['a promise as JSON', ['toJson', '`result`', 'await'], () => toJson(Promise.resolve())],
  [
    'a promise as CSV',
    ['configurationsToCsv', '`result`', 'await'],
    () => configurationsToCsv(Promise.resolve()),
  ],
  [
    'HParams without a folder',
    ['writeHParams', '`folder`', 'undefined'],
    async () => writeHParams(await result()),
  ],
  [
    'a worker without Redis',
    ['startSearchWorker', '`redis`', 'undefined'],
    () => startSearchWorker({trial: new URL(import.meta.url)}),
  ],
  ['settings in one word', ['search', '`settings`', 'object', '"fast"'], () => result({settings: 'fast'})],
  [
    'a function among the settings',
    ['search', '`settings`', 'plain JSON', 'function'],
    () => result({settings: {loss: () => 1}}),
  ],
  [
    'yes for an edited trial',
    ['search', '`acceptEditedTrial`', 'true or false', '"yes"'],
    () => result({acceptEditedTrial: 'yes'}),
  ],
  ['true for a signal', ['search', '`signal`', 'AbortSignal', 'true'], () => result({signal: true})],
  [
    'a number for the title of a heat map',
    ['heatMap', '`title`', 'text', '5'],
    async () => heatMap(await result(), {title: 5}),
  ],
  [
    "a reference in the papers' letters",
    ['heatMap', '`tf`', '`forwardTemperature`'],
    async () => heatMap(await result(), {reference: {tf: 0.5, tb: 0.5}}),
  ],
  [
    'half a reference',
    ['heatMap', '`reference.backwardTemperature`', 'number', 'undefined'],
    async () => heatMap(await result(), {reference: {forwardTemperature: 0.5}}),
  ],
  [
    'a number for the title of a line plot',
    ['linePlot', '`title`', 'text', '5'],
    async () => linePlot(await result(), {title: 5}),
  ],
);

const loss = (codes: Tensor) => sum(codes, [1, 2]);
const x = zeros([4, 2]);
const y = ones([4, 1]);

/** A compiled model whose only layer is dense, with methods that a layer of the user's own may have. */
function withoutUnits(methods: object = {}) {
  const layer = Object.assign(tfLayers.dense({units: 1, inputShape: [2]}), methods);
  const model = tfSequential({layers: [layer]});
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  return model;
}

export const analysisMistakes = mistakes(
  [
    'a sweep of a model that is not compiled',
    ['sweepBackward', '`model`', 'compile'],
    () => analysis.sweepBackward(smallModel({compiled: false}), x, y, [1]),
  ],
  [
    'a forward sweep of a model that is not compiled',
    ['sweepForward', '`model`', 'compile'],
    () => analysis.sweepForward(smallModel({compiled: false}), x, y, [1]),
  ],
  [
    'gradients of a model that is not compiled',
    ['lossGradients', '`model`', 'compile'],
    () => analysis.lossGradients(smallModel({compiled: false}), x, y),
  ],
  [
    'one temperature in place of a list',
    ['sweepBackward', '`temperatures`', 'list', '0.5'],
    () => analysis.sweepBackward(smallModel(), x, y, 0.5),
  ],
  [
    'a sweep to temperature 0',
    ['backwardTemperature', '> 0', '0'],
    () => analysis.sweepBackward(smallModel(), x, y, [0]),
  ],
  [
    'a sweep of no temperature',
    ['sweepBackward', '`temperatures`', '[]'],
    () => analysis.sweepBackward(smallModel(), x, y, []),
  ],
  [
    'a misspelt threshold in a sweep',
    ['sweepBackward', '`tresholds`', '`threshold`'],
    () => analysis.sweepBackward(smallModel(), x, y, [1], {tresholds: 1}),
  ],
  [
    'arrays in place of tensors',
    ['epochWithoutLearning', '`x`', 'tensor', '[[1,2]]'],
    () => analysis.epochWithoutLearning(smallModel(), [[1, 2]], [[1]]),
  ],
  [
    'inputs and targets of unequal length',
    ['epochWithoutLearning', '`y`', '4', '3'],
    () => analysis.epochWithoutLearning(smallModel(), x, ones([3, 1])),
  ],
  [
    'a batch size of 0',
    ['epochWithoutLearning', '`batchSize`', '>= 1', '0'],
    () => analysis.epochWithoutLearning(smallModel(), x, y, {batchSize: 0}),
  ],
  ['one pass', ['signalToNoise', '`passes`', '>= 2', '1'], () => analysis.signalToNoise(() => ({}), 1)],
  [
    'gradients in place of a function',
    ['signalToNoise', '`gradients`', 'function', '{}'],
    () => analysis.signalToNoise({}),
  ],
  [
    'logits of a batch',
    ['exactGradient', '`logits`', '[groups, categories]', '[4,2,2]'],
    () => analysis.exactGradient(loss, zeros([4, 2, 2])),
  ],
  [
    'numbers as logits',
    ['exactGradient', '`logits`', 'tensor', '[[1,2]]'],
    () => analysis.exactGradient(loss, [[1, 2]]),
  ],
  [
    'more codes than can be counted',
    ['exactGradient', '`logits`', '16777216'],
    () => analysis.exactGradient(loss, zeros([30, 2])),
  ],
  [
    'no loss',
    ['exactGradient', '`loss`', 'function', '"meanSquaredError"'],
    () => analysis.exactGradient('meanSquaredError', zeros([2, 2])),
  ],
  [
    'moments without a seed',
    ['estimatorMoments', '`seed`', 'integer', 'undefined'],
    () => analysis.estimatorMoments(loss, zeros([2, 2]), {}),
  ],
  [
    'moments without arguments',
    ['estimatorMoments', '`seed`', 'undefined'],
    () => analysis.estimatorMoments(loss, zeros([2, 2])),
  ],
  [
    'moments of an estimator nobody knows',
    ['estimatorMoments', '`estimator`', '"rienforce"', "'reinforce'"],
    () => analysis.estimatorMoments(loss, zeros([2, 2]), {estimator: 'rienforce', seed: 1}),
  ],
  [
    'the gap of an estimator without a relaxation',
    ['gradientGap', '`estimator`', "'decoupledGumbel'", '"softmax"'],
    () => analysis.gradientGap(loss, zeros([2, 2]), {estimator: 'softmax', seed: 1}),
  ],
  [
    'the gap at forward temperature 0',
    ['gradientGap', '`forwardTemperature`', '> 0', '0'],
    () => analysis.gradientGap(loss, zeros([2, 2]), {forwardTemperature: 0, seed: 1}),
  ],
  [
    'moments of unequal length',
    ['biasVariance', '`moments`', '4', '2'],
    () =>
      analysis.biasVariance(
        {gradient: new Float64Array(4), expectedLoss: 0},
        {mean: new Float64Array(2), standardDeviation: new Float64Array(2)},
      ),
  ],
  ['gates of nothing', ['gateDistribution', '`model`', 'undefined'], () => analysis.gateDistribution()],
  [
    'a word for the threshold of a sweep',
    ['sweepBackward', '`threshold`', 'number', '"low"'],
    () => analysis.sweepBackward(smallModel(), x, y, [1], {threshold: 'low'}),
  ],
  [
    'a sweep of a model without temperatures',
    ['sweepBackward', '`model`', '`setTemperatures`'],
    () => analysis.sweepBackward(withoutUnits(), x, y, [1]),
  ],
  [
    "a sweep of one's own layer that cannot be watched",
    ['sweepBackward', '`model`', '`observe`'],
    () => analysis.sweepBackward(withoutUnits({setTemperatures() {}}), x, y, [1]),
  ],
  [
    "a forward sweep of one's own layer without usage",
    ['sweepForward', '`model`', '`usage`'],
    () => analysis.sweepForward(withoutUnits({setTemperatures() {}}), x, y, [1], {passes: 2}),
  ],
  [
    'a loss that returns a number',
    ['estimatorMoments', '`loss`', 'tensor', '5'],
    () => analysis.estimatorMoments(() => 5, zeros([2, 2]), {seed: 1, passes: 2}),
  ],
  [
    'one loss for all codes',
    ['exactGradient', '`loss`', 'one loss per code', '[]'],
    () => analysis.exactGradient((codes: Tensor) => sum(codes), zeros([2, 2])),
  ],
);
