import {type Optimizer, train} from '@tensorflow/tfjs-core';
import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {callbacks, functional, optimizers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import {uniformTensor} from '../support/values.js';

const {linear, warmUp} = functional.schedules;
const x = uniformTensor([24, 2], -1, 1, 1);
const y = uniformTensor([24, 1], -1, 1, 2);

function network(optimizer: Optimizer) {
  const model = sequential({layers: [keras.dense({units: 1, inputShape: [2], kernelInitializer: 'ones'})]});
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}

const OPTIMIZERS: Record<string, () => Optimizer> = {
  sgd: () => train.sgd(1),
  momentum: () => train.momentum(1, 0.5),
  rmsprop: () => train.rmsprop(1),
  adagrad: () => train.adagrad(1),
  adadelta: () => train.adadelta(1),
  adam: () => train.adam(1),
  adamax: () => train.adamax(1),
  'this package’s adamW': () => optimizers.adamW({learningRate: 1}),
};

const fit = {batchSize: 8, shuffle: false, verbose: 0} as const;

describe('learningRateSchedule', () => {
  it.each(Object.keys(OPTIMIZERS))('makes %s take the steps of the scheduled rates', async (name) => {
    const schedule = linear(0.1, 0.02, 2);
    const scheduled = network(OPTIMIZERS[name]!());
    const {history} = await scheduled.fit(x, y, {
      ...{...fit, epochs: 4},
      callbacks: [callbacks.learningRateSchedule(schedule)],
    });
    expect(history.learningRate).toEqual([0, 1, 2, 3].map(schedule));
    // By hand: one epoch after the other, each with its own rate.
    const stepped = network(OPTIMIZERS[name]!());
    for (let epoch = 0; epoch < 4; epoch++) {
      const {optimizer} = stepped as unknown as {
        optimizer: {learningRate: number; setLearningRate?(rate: number): void};
      };
      if (optimizer.setLearningRate) optimizer.setLearningRate(schedule(epoch));
      else optimizer.learningRate = schedule(epoch);
      await stepped.fit(x, y, {...fit, epochs: 1});
    }
    const [one, other] = [scheduled, stepped].map((model) => model.getWeights().map((w) => w.arraySync()));
    expect(one).toEqual(other);
  });

  it('follows the optimizer’s step, over several calls of fit', async () => {
    const scheduled = network(optimizers.adam({learningRate: 1}));
    const own = network(optimizers.adam({learningRate: warmUp(0.1, 5)}));
    for (const initialEpoch of [0, 2]) {
      const args = {...fit, initialEpoch, epochs: initialEpoch + 2};
      const byStep = callbacks.learningRateSchedule(warmUp(0.1, 5), {unit: 'step'});
      await scheduled.fit(x, y, {...args, callbacks: [byStep]});
      await own.fit(x, y, args);
    }
    const [one, other] = [scheduled, own].map((model) =>
      model.getWeights().flatMap((w) => [...w.dataSync()]),
    );
    expect(one).toEqual(other);
  });

  it('rejects what it cannot follow, before training', async () => {
    expect(() => callbacks.learningRateSchedule(0.1 as never)).toThrow(
      'LearningRateSchedule: `schedule` must be a function of time, got 0.1.',
    );
    expect(() => callbacks.learningRateSchedule(() => 1, {units: 'step'} as never)).toThrow(
      'LearningRateSchedule: unknown option `units`; did you mean `unit`?',
    );
    expect(() => callbacks.learningRateSchedule(() => 1, {unit: 'batch' as never})).toThrow(
      "LearningRateSchedule: `unit` must be one of 'epoch', 'step', got \"batch\".",
    );
    const own = network(optimizers.adam({learningRate: linear(1, 0, 3)}));
    await expect(own.fit(x, y, {callbacks: [callbacks.learningRateSchedule(() => 1)]})).rejects.toThrow(
      'LearningRateSchedule: `model.optimizer` must be an optimizer without a schedule of its own, got "DiscreteAdam".',
    );
    const model = network(train.sgd(1));
    await expect(
      model.fit(x, y, {callbacks: [callbacks.learningRateSchedule(() => Number.NaN)]}),
    ).rejects.toThrow('LearningRateSchedule: `schedule` must be a finite number >= 0, got NaN.');
  });
});
