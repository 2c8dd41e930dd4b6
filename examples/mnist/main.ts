/**
 * What do discrete layers do on real images? Trains one of three small networks on MNIST, watches it, saves
 * it, and checks that a fresh process predicts the same. `npm start -- --help` shows what can be chosen.
 */
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {callbacks, optimizers, report} from 'tfjs-discrete';
import {fileSystem, useBackend} from 'tfjs-discrete/node';
import {imageTensor} from './data/batches.js';
import {loadDataset} from './data/datasets.js';
import {writeAtomically} from './files.js';
import {INTERRUPTED} from './interrupt.js';
import {readOptions, type Settings} from './options.js';
import {continueRun, howToContinue, recordRun, removeEarlierRun, warnOfEarlierRun} from './resuming.js';
import {TASKS} from './tasks/index.js';
import {type OutputPaths, trainModel} from './training.js';
import {BATCH, verify} from './verify.js';

const DISAGREES = 1;

/** Runs it all and returns the exit code. */
async function main(settings: Settings): Promise<number> {
  const task = TASKS[settings.task];
  const output = outputPaths(settings.output);
  if (!settings.resume) await warnOfEarlierRun(settings, output);
  await mkdir(settings.output, {recursive: true});

  const {backend, message} = await useBackend(settings.backend);
  console.log(message);
  const data = await loadDataset(settings.dataset, settings.limit);
  say('dataset', `${data.name}, ${data.train.count} + ${data.test.count} images from ${data.source}`);

  const run = settings.resume ? await continueRun(settings, output) : undefined;
  const model = run?.model ?? task.build(data, settings.discrete);
  if (run === undefined) {
    const {loss, metrics} = task;
    // Unlike TensorFlow.js's own Adam it goes on bit for bit where a run stopped.
    model.compile({optimizer: optimizers.adam({learningRate: settings.learningRate}), loss, metrics});
  } else say('resumed', `after ${run.epoch} of ${settings.epochs} epochs`);
  say('task', `${settings.task}, ${task.title.toLowerCase()}`);
  say('model', outline(model));
  say(
    'settings',
    describe(settings)
      .map((row) => row.join(' '))
      .join(', '),
  );

  const count = Math.min(1000, data.test.count);
  const images = imageTensor(data.test, count);
  const {height, width, labels} = data.test;
  const about = {
    title: `${task.title} on ${data.name}`,
    criterion: callbacks.monitors().criterion,
    settings: Object.fromEntries([...describe(settings), ['backend', backend], ...howToOpen(output)]),
    images: {
      x: images,
      shape: [height, width],
      ...(task.target === 'labels' && {y: Array.from(labels.subarray(0, count))}),
    },
  };
  if (run === undefined) await removeEarlierRun(output);
  await recordRun(settings, output, false);
  const {history, interrupted, seconds} = await trainModel(model, data, settings, output, about, run?.epoch);
  if (!interrupted) await recordRun(settings, output, true);
  await model.save(fileSystem(output.model), {includeOptimizer: true});
  const predicted = (await (model.predict(images, BATCH) as Tensor).data()) as Float32Array;
  const differing = interrupted ? undefined : await verify(output.model, settings.backend, images, predicted);

  const outcome = [
    interrupted
      ? `Stopped by Ctrl-C in epoch ${history.epoch.length} of ${settings.epochs}, after ${seconds.toFixed(0)} s on ${backend}.`
      : `${history.epoch.length} epochs in ${seconds.toFixed(0)} s on ${backend}.`,
    differing === undefined
      ? await howToContinue(output)
      : differing === 0
        ? `A fresh process loaded the saved model and predicts the same, bit for bit, on ${count} test images.`
        : `A fresh process loaded the saved model and DISAGREES: ${differing} predicted numbers differ.`,
  ];
  const page = await report(history, {...about, model, outcome: outcome.join(' ')});
  await writeAtomically(output.report, page);

  console.log(`\n${outcome.join('\n')}\n`);
  for (const [name, how] of howToOpen(output)) say(name, how);
  return interrupted ? INTERRUPTED : differing === 0 ? 0 : DISAGREES;
}

function outputPaths(output: string): OutputPaths {
  return {
    model: join(output, 'model'),
    report: join(output, 'report.html'),
    events: join(output, 'tensorboard'),
    checkpoints: join(output, 'checkpoints'),
    settings: join(output, 'settings.json'),
  };
}

function howToOpen({model, report: page, events}: OutputPaths): [string, string][] {
  return [
    ['report', `${page} (open it in a browser)`],
    ['curves', `tensorboard --logdir ${events}`],
    ['model', `await tf.loadLayersModel(fileSystem('${model}'))`],
  ];
}

function describe({discrete, epochs, batchSize, learningRate, seed}: Settings): [string, string][] {
  const {estimator, forwardTemperature, backwardTemperature} = discrete;
  return [
    ['estimator', estimator],
    ...(forwardTemperature === undefined
      ? []
      : ([
          ['forward temperature', String(forwardTemperature)],
          ['backward temperature', String(backwardTemperature)],
        ] as [string, string][])),
    ['epochs', String(epochs)],
    ['batch size', String(batchSize)],
    ['learning rate', String(learningRate)],
    ['seed', String(seed)],
  ];
}

/** The widths that an image passes, such as "784 > dense 200 > stochasticBinary 200". */
function outline(model: LayersModel): string {
  const name = (text: string) => text[0]!.toLowerCase() + text.slice(1);
  const stages = model.layers
    .filter((layer) => layer.getClassName() !== 'InputLayer')
    .map((layer) => `${name(layer.getClassName())} ${(layer.outputShape as number[]).at(-1)}`);
  return [model.inputs[0]!.shape.at(-1), ...stages].join(' > ');
}

function say(name: string, text: string): void {
  console.log(`${name.padEnd(10)}${text}`);
}

const settings = readOptions(process.argv.slice(2));
main(settings).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  },
);
