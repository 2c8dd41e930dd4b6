import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {zeros} from '@tensorflow/tfjs-core';
import {type LayersModel, sequential, layers as tfLayers} from '@tensorflow/tfjs-layers';
import * as typedCallbacks from '../../../src/callbacks/factories.js';
import * as typedRuns from '../../../src/callbacks/index.js';
import {schedules} from '../../../src/functional/index.js';
import {stochasticBinary} from '../../../src/layers/factories.js';
import * as typedOptimizers from '../../../src/optimizers/factories.js';
import {discreteSummary as typedSummary} from '../../../src/summary/discreteSummary.js';
import {mistakes, type Untyped} from '../Mistake.js';

const callbacks = typedCallbacks as Untyped;
const optimizers = typedOptimizers as Untyped;
const {EventDownload, report, resume, resumeExactly, shuffledBatches} = typedRuns as Untyped;
const discreteSummary = typedSummary as Untyped;

/** Two inputs, two bits, one output. */
export function smallModel({compiled = true, optimizer = 'sgd' as Untyped} = {}): LayersModel {
  const model = sequential({
    layers: [
      tfLayers.dense({units: 2, inputShape: [2]}),
      stochasticBinary({name: 'bits', seed: 1}),
      tfLayers.dense({units: 1}),
    ],
  });
  if (compiled) model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}

const train = (given: Untyped, options: object = {}, model = smallModel()) =>
  model.fit(zeros([4, 2]), zeros([4, 1]), {verbose: 0, callbacks: given, ...options});

/** A model of bits and of a layer of the user's own, here one without units. */
function withOwnLayer(own: Untyped = tfLayers.dense({units: 2, name: 'own'})): LayersModel {
  const bits = own.name === 'own' ? [stochasticBinary({name: 'bits', seed: 1})] : [];
  const model = sequential({
    layers: [tfLayers.dense({units: 2, inputShape: [2]}), ...bits, own, tfLayers.dense({units: 1})],
  });
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  return model;
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-discrete-mistakes-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

export const callbackMistakes = mistakes(
  [
    'a monitor that is not called',
    ['callbacks.monitors', 'callbacks.monitors()'],
    () => train(callbacks.monitors),
  ],
  [
    'a monitor in an array that is not called',
    ['callbacks.deadUnits', 'callbacks.deadUnits()'],
    () => train([callbacks.deadUnits]),
  ],
  [
    'a callback in callbacks.list that is not called',
    ['callbacks.progress()'],
    () => train(callbacks.list([callbacks.progress])),
  ],
  [
    'an instance after a plain object',
    ['Monitors', 'plain object', 'callbacks.list'],
    () => train([{onEpochEnd: async () => {}}, callbacks.monitors()]),
  ],
  [
    'one callback in callbacks.list without brackets',
    ['list', 'array'],
    () => callbacks.list(callbacks.monitors()),
  ],
  [
    'something else in callbacks.list',
    ['list', '[1]', '"monitors"'],
    () => callbacks.list([callbacks.monitors(), 'monitors']),
  ],
  [
    'a plain object with a misspelt hook',
    ['list', '[0]', 'onEpochEnd'],
    () => callbacks.list([{onEpochEnds() {}}]),
  ],
  [
    'a misspelt threshold',
    ['DeadUnits', '`treshold`', '`threshold`'],
    () => callbacks.deadUnits({treshold: 1e-3}),
  ],
  ['a threshold in place of an object', ['DeadUnits', 'object', '0.001'], () => callbacks.deadUnits(1e-3)],
  ['a negative threshold', ['DeadUnits', '`threshold`', '-1'], () => callbacks.deadUnits({threshold: -1})],
  [
    'a relative and an absolute threshold',
    ['DeadUnits', '`relative`', '`threshold`'],
    () => callbacks.deadUnits({threshold: 1e-3, relative: 0.1}),
  ],
  [
    'the name of a layer without brackets',
    ['Perplexity', '`layers`', 'array', '"bits"'],
    () => callbacks.perplexity({layers: 'bits'}),
  ],
  [
    'a layer that is not there',
    ['Perplexity', '`layers`', "'bits'", '"code"'],
    () => train([callbacks.perplexity({layers: ['code']})]),
  ],
  [
    'a misspelt option of a monitor',
    ['GradientNorm', '`perlayer`', '`perLayer`'],
    () => callbacks.gradientNorm({perlayer: true}),
  ],
  [
    'yes for true',
    ['GradientNorm', '`perLayer`', 'true or false', '"yes"'],
    () => callbacks.gradientNorm({perLayer: 'yes'}),
  ],
  [
    'a misspelt option of the monitors',
    ['Monitors', '`layer`', '`layers`'],
    () => callbacks.monitors({layer: ['bits']}),
  ],
  [
    "a schedule under the papers' letters",
    ['TemperatureSchedule', '`tf`'],
    () => callbacks.temperatureSchedule({tf: schedules.constant(1)}),
  ],
  [
    'a number for a schedule',
    ['TemperatureSchedule', '`forwardTemperature`', 'function', '0.5'],
    () => callbacks.temperatureSchedule({forwardTemperature: 0.5}),
  ],
  [
    'a schedule of nothing',
    ['TemperatureSchedule', '`forwardTemperature`', '`backwardTemperature`'],
    () => callbacks.temperatureSchedule({}),
  ],
  [
    'a schedule twice',
    ['TemperatureSchedule', '`forward`', '`forwardTemperature`'],
    () =>
      callbacks.temperatureSchedule({
        forward: schedules.constant(1),
        forwardTemperature: schedules.constant(1),
      }),
  ],
  [
    'a backward schedule that will reach 0',
    ['TemperatureSchedule', 'epoch 2', '`backwardTemperature`', '> 0', '0'],
    () => train([callbacks.temperatureSchedule({backward: schedules.linear(1, 0, 2)})], {epochs: 3}),
  ],
  [
    'a schedule on a model without discrete layers',
    ['TemperatureSchedule', '`layers`', 'temperatures', 'none'],
    () => {
      const model = sequential({layers: [tfLayers.dense({units: 1, inputShape: [2]})]});
      model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
      return train([callbacks.temperatureSchedule({forward: schedules.constant(1)})], {}, model);
    },
  ],
  [
    'dead units of a model without discrete layers',
    ['DeadUnits', '`layers`', 'discrete units'],
    () => {
      const model = sequential({layers: [tfLayers.dense({units: 1, inputShape: [2]})]});
      model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
      return train([callbacks.deadUnits()], {}, model);
    },
  ],
  [
    'TensorBoard without a folder',
    ['TensorBoard', '`logDir`', 'path', 'undefined'],
    () => callbacks.tensorBoard(),
  ],
  [
    'the options of TensorBoard before the folder',
    ['TensorBoard', '`logDir`', 'path', 'histograms'],
    () => callbacks.tensorBoard({histograms: true}),
  ],
  [
    'an update frequency nobody knows',
    ['TensorBoard', '`updateFreq`', "'batch'", '100'],
    () => callbacks.tensorBoard('runs', {updateFreq: 100}),
  ],
  [
    'a learning rate for a schedule',
    ['LearningRateSchedule', '`schedule`', 'function', '0.001'],
    () => callbacks.learningRateSchedule(1e-3),
  ],
  [
    'two learning-rate schedules',
    ['LearningRateSchedule', 'optimizer', 'schedule'],
    () =>
      train(
        [callbacks.learningRateSchedule(schedules.constant(1e-3))],
        {},
        smallModel({optimizer: optimizers.adam({learningRate: schedules.constant(1e-3)})}),
      ),
  ],
  [
    'a schedule that gives NaN',
    ['LearningRateSchedule', '`schedule`', 'NaN'],
    () => train([callbacks.learningRateSchedule(() => Number.NaN)]),
  ],
  [
    'a metric that is not there',
    ['ReduceLROnPlateau', '`monitor`', 'val_loss', 'loss'],
    () => train([callbacks.reduceLROnPlateau()]),
  ],
  [
    'a factor that does not reduce',
    ['ReduceLROnPlateau', '`factor`', '2'],
    () => callbacks.reduceLROnPlateau({factor: 2}),
  ],
  [
    'patience of half an epoch',
    ['ReduceLROnPlateau', '`patience`', '0.5'],
    () => callbacks.reduceLROnPlateau({patience: 0.5}),
  ],
  [
    "Keras's snake case",
    ['ReduceLROnPlateau', '`min_delta`', '`minDelta`'],
    () => callbacks.reduceLROnPlateau({min_delta: 0}),
  ],
  [
    'a mode nobody knows',
    ['RestoreBestWeights', '`mode`', "'max'", '"maximum"'],
    () => callbacks.restoreBestWeights({mode: 'maximum'}),
  ],
  [
    'best weights by a metric that is not there',
    ['RestoreBestWeights', '`monitor`', 'val_acc', 'loss'],
    () => train([callbacks.restoreBestWeights({monitor: 'val_acc'})]),
  ],
  ['a CSV without a file', ['CsvLogger', '`file`', 'undefined'], () => callbacks.csvLogger()],
  [
    'a word for append',
    ['CsvLogger', '`append`', 'true or false', '"yes"'],
    () => callbacks.csvLogger('log.csv', {append: 'yes'}),
  ],
  [
    'a misspelt option of the progress',
    ['Progress', '`onprogress`', '`onProgress`'],
    () => callbacks.progress({onprogress: () => {}}),
  ],
  [
    'a number for a progress function',
    ['Progress', '`onProgress`', 'function', '1'],
    () => callbacks.progress({onProgress: 1}),
  ],
  [
    'options for TerminateOnNaN, which has none',
    ['TerminateOnNaN', '`patience`'],
    () => callbacks.terminateOnNaN({patience: 2}),
  ],
  ['a report without a file', ['Report', '`file`', 'undefined'], () => callbacks.report()],
  [
    'a checkpoint without a folder',
    ['Checkpoint', '`dir`', 'path', 'undefined'],
    () => callbacks.checkpoint(),
  ],
  [
    'a misspelt option of the checkpoint',
    ['Checkpoint', '`savebestOnly`', '`saveBestOnly`'],
    () => callbacks.checkpoint('runs', {savebestOnly: true}),
  ],
  [
    'to keep no checkpoint',
    ['Checkpoint', '`keep`', '>= 1', '0'],
    () => callbacks.checkpoint('runs', {keep: 0}),
  ],
  [
    'checkpoints within an epoch that `fit` shuffles',
    ['Checkpoint', '`everySteps`', '`batches`', '10'],
    () => callbacks.checkpoint('runs', {everySteps: 10}),
  ],
  [
    'a new run into the checkpoints of another',
    ['Checkpoint', '`dir`', 'resume'],
    () =>
      inFolder(async (folder) => {
        const optimizer = () => optimizers.adam({});
        await train([callbacks.checkpoint(folder)], {shuffle: false}, smallModel({optimizer: optimizer()}));
        await train([callbacks.checkpoint(folder)], {shuffle: false}, smallModel({optimizer: optimizer()}));
      }),
  ],
  ['resume without a folder', ['resume', '`dir`', 'path', 'undefined'], () => resume()],
  ['resume of a file', ['`dir`', 'folder', 'package.json'], () => resume('package.json')],
  [
    'exact resumption of a model without an optimizer',
    ['resumeExactly', '`model`', 'optimizer', 'compile'],
    () => resumeExactly(smallModel({compiled: false})),
  ],
  ['exact resumption of nothing', ['resumeExactly', '`model`', 'undefined'], () => resumeExactly()],
  [
    'shuffled batches without a seed',
    ['ShuffledBatches', '`seed`', 'integer', 'undefined'],
    () => shuffledBatches(zeros([4, 2]), zeros([4, 1])),
  ],
  [
    'shuffled batches of unequal length',
    ['ShuffledBatches', '`y`', '4', '3'],
    () => shuffledBatches(zeros([4, 2]), zeros([3, 1]), {seed: 1}),
  ],
  [
    'shuffled batches of arrays',
    ['ShuffledBatches', '`x`', 'tensor'],
    () => shuffledBatches([[1, 2]], [[1]], {seed: 1}),
  ],
  [
    'a batch size of 0',
    ['ShuffledBatches', '`batchSize`', '>= 1', '0'],
    () => shuffledBatches(zeros([4, 2]), zeros([4, 1]), {seed: 1, batchSize: 0}),
  ],
  [
    'a way of yielding nobody knows',
    ['list', '`yieldEvery`', "'batch'", '"sometimes"'],
    () => callbacks.list([], 'sometimes'),
  ],
  ['to yield every 0 milliseconds', ['list', '`yieldEvery`', '> 0', '0'], () => callbacks.list([], 0)],
  [
    'no layers to watch',
    ['DeadUnits', '`layers`', 'left out', '[]'],
    () => callbacks.deadUnits({layers: []}),
  ],
  [
    'dead units counted twice',
    ['DeadUnits', 'two callbacks', '`threshold`', '0.001'],
    () => train([callbacks.monitors(), callbacks.deadUnits({threshold: 1e-3})]),
  ],
  [
    "the name of one's own layer that cannot be watched",
    ['DeadUnits', "'bits'", '`observe`', '"own"'],
    () => train([callbacks.deadUnits({layers: ['own']})], {}, withOwnLayer()),
  ],
  [
    "the perplexity of one's own layer without usage",
    ['Perplexity', '`usage`', '"own"'],
    () => train([callbacks.perplexity({layers: ['own']})], {}, withOwnLayer()),
  ],
  [
    "a schedule for one's own layer without setTemperatures",
    ['TemperatureSchedule', '`setTemperatures`', '"own"'],
    () =>
      train(
        [callbacks.temperatureSchedule({forward: schedules.constant(1), layers: ['own']})],
        {},
        withOwnLayer(),
      ),
  ],
  [
    'monitors of a model whose only units are of another class',
    ['Perplexity', '`observe`'],
    () => train([callbacks.monitors()], {}, withOwnLayer(tfLayers.dense({units: 2}))),
  ],
  [
    "one's own layer that never tells of a gradient",
    ['DeadUnits', "'own'", '`observer.gradient`'],
    () => {
      const own = Object.assign(tfLayers.dense({units: 2, name: 'own'}), {observe: () => () => {}});
      return train([callbacks.deadUnits({layers: ['own']})], {}, withOwnLayer(own));
    },
  ],
  [
    'a temperature schedule that returns nothing',
    ['TemperatureSchedule', 'epoch 0', '`forwardTemperature`', 'undefined'],
    () => train([callbacks.temperatureSchedule({forward: () => undefined})]),
  ],
  [
    'a mode for checkpoints without a metric',
    ['Checkpoint', '`mode`', '`monitor`', '"max"'],
    () => callbacks.checkpoint('runs', {mode: 'max'}),
  ],
  [
    'batches for checkpoints that `fit` does not train on',
    ['Checkpoint', '`batches`', 'fitDataset', 'epoch 0'],
    () =>
      inFolder((folder) =>
        train(
          [callbacks.checkpoint(folder, {batches: shuffledBatches(zeros([4, 2]), zeros([4, 1]), {seed: 1})})],
          {},
          smallModel({optimizer: optimizers.adam({})}),
        ),
      ),
  ],
  [
    'a batch larger than the data, without partial ones',
    ['ShuffledBatches', '`x`', '10', '`partial: false`', '4'],
    () => shuffledBatches(zeros([4, 2]), zeros([4, 1]), {seed: 1, batchSize: 10, partial: false}),
  ],
  [
    'to start at a batch that an epoch does not have',
    ['ShuffledBatches', '`batch`', 'at most 2', '5'],
    () => shuffledBatches(zeros([4, 2]), zeros([4, 1]), {seed: 1, batchSize: 2}).startAt(0, 5),
  ],
  [
    'TensorBoard files offered for download outside a page',
    ['EventDownload', 'document', 'archive()'],
    () => new EventDownload().download(),
  ],
  [
    'a report whose title is a number, before training',
    ['Report', '`title`', '7'],
    () => callbacks.report('report.html', {title: 7}),
  ],
  [
    'a report whose settings are a word, before training',
    ['Report', '`settings`', 'object', '"fast"'],
    () => callbacks.report('report.html', {settings: 'fast'}),
  ],
);

export const optimizerMistakes = mistakes(
  ['a learning rate in place of an object', ['Adam', 'object', '0.001'], () => optimizers.adam(1e-3)],
  ["Keras's lr", ['Adam', '`lr`', '`learningRate`'], () => optimizers.adam({lr: 1e-3})],
  [
    'a word for a learning rate',
    ['AdamW', '`learningRate`', '"fast"'],
    () => optimizers.adamW({learningRate: 'fast'}),
  ],
  ['a negative learning rate', ['Adam', '`learningRate`', '-1'], () => optimizers.adam({learningRate: -1})],
  ['a beta of 1', ['RectifiedAdam', '`beta1`', '1'], () => optimizers.rectifiedAdam({beta1: 1})],
  ["PyTorch's betas", ['Adam', '`betas`', '`beta1`'], () => optimizers.adam({betas: [0.9, 0.99]})],
  [
    'two ways of clipping',
    ['Adam', '`clipNorm`', '`globalClipNorm`'],
    () => optimizers.adam({clipNorm: 1, globalClipNorm: 1}),
  ],
  ['an epsilon of NaN', ['Adam', '`epsilon`', 'NaN'], () => optimizers.adam({epsilon: Number.NaN})],
  [
    'a weight decay as a word',
    ['AdamW', '`weightDecay`', '"0.01"'],
    () => optimizers.adamW({weightDecay: '0.01'}),
  ],
);

const history = {loss: [1, 0.5]};

export const reportMistakes = mistakes(
  ['a report of nothing', ['report', '`history`', 'model.fit', 'undefined'], () => report()],
  [
    'a report of a run that was not awaited',
    ['report', '`history`', 'await'],
    () => report(Promise.resolve(history)),
  ],
  ['a report without an epoch', ['report', '`history`', 'epoch', '{}'], () => report({})],
  ['a misspelt option of the report', ['report', '`imags`', '`images`'], () => report(history, {imags: {}})],
  [
    'images without a model',
    ['report', '`model`', '`images`'],
    () => report(history, {images: {x: zeros([1, 2, 2])}}),
  ],
  [
    'flat images without a shape',
    ['report', '`images.shape`', 'height', '[2]'],
    () => report(history, {model: smallModel(), images: {x: zeros([4, 2])}}),
  ],
  [
    'something else for a model',
    ['report', '`model`', '"my-model"'],
    () => report(history, {model: 'my-model'}),
  ],
  ['a number for a title', ['report', '`title`', '7'], () => report(history, {title: 7})],
  ['a summary of nothing', ['discreteSummary', '`model`', 'undefined'], () => discreteSummary()],
  ['a summary of a layer', ['discreteSummary', '`model`'], () => discreteSummary(stochasticBinary())],
  [
    'a summary printed to a word',
    ['discreteSummary', '`print`', 'function', '"table.txt"'],
    () => discreteSummary(smallModel(), 'table.txt'),
  ],
  [
    'settings in one word',
    ['report', '`settings`', 'object', '"fast"'],
    () => report(history, {settings: 'fast'}),
  ],
  [
    'settings within settings',
    ['report', '`settings.adam`', 'text', 'beta1'],
    () => report(history, {settings: {adam: {beta1: 0.9}}}),
  ],
  [
    'yes for running',
    ['report', '`running`', 'true or false', '"yes"'],
    () => report(history, {running: 'yes'}),
  ],
  [
    'one name for all classes',
    ['report', '`images.classNames`', 'array', '"cat"'],
    () =>
      report(history, {model: smallModel(), images: {x: zeros([4, 2]), shape: [1, 2], classNames: 'cat'}}),
  ],
  [
    'fewer names than classes',
    ['report', '`images.classNames`', '1 names', '["a","b"]'],
    () =>
      report(history, {
        model: smallModel(),
        images: {x: zeros([4, 2]), y: [0, 0, 0, 0], shape: [1, 2], classNames: ['a', 'b']},
      }),
  ],
  [
    'a summary of a model without layers',
    ['discreteSummary', '`model`', 'layer'],
    () => discreteSummary(sequential()),
  ],
);
