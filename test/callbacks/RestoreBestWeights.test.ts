import {memory, train} from '@tensorflow/tfjs-core';
import {Callback, layers as keras, callbacks as kerasCallbacks, sequential} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {callbacks, optimizers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import {uniformTensor, weightsOf} from '../support/values.js';

const x = uniformTensor([24, 2], -1, 1, 1);
const y = uniformTensor([24, 1], -1, 1, 2);

/** Writes `metric` into the logs and remembers the weights of each epoch. */
class Metric extends Callback {
  readonly weights: number[][][] = [];

  constructor(private readonly values: readonly number[]) {
    super();
  }

  override async onEpochEnd(epoch: number, logs?: UnresolvedLogs): Promise<void> {
    logs!.metric = this.values[epoch]!;
    this.weights.push(this.model.getWeights().map((weight) => [...weight.dataSync()]));
  }
}

function network() {
  const model = sequential({layers: [keras.dense({units: 1, inputShape: [2]})]});
  model.compile({optimizer: optimizers.adam({learningRate: 0.1}), loss: 'meanSquaredError'});
  return model;
}

describe('restoreBestWeights', () => {
  it.each([
    [{monitor: 'metric'}, [3, 1, 2, 1, 5], 1],
    [{monitor: 'metric', mode: 'max'} as const, [3, 1, 2, 1, 5], 4],
    [{monitor: 'metric', minDelta: 1.5}, [3, 2, 1, 0.9, 5], 2],
    [{monitor: 'metric'}, [Number.NaN, 2, Number.NaN, 3, 4], 1],
  ])('puts back the weights of the best epoch: %#', async (args, values, best) => {
    const model = network();
    const metric = new Metric(values);
    const restore = callbacks.restoreBestWeights(args);
    await model.fit(x, y, {epochs: 5, verbose: 0, callbacks: [metric, restore]});
    expect(restore.bestEpoch).toBe(best);
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(metric.weights[best]);
    expect(new Set(metric.weights.map(String)).size).toBe(5);
  });

  it('leaves weights as they are where no epoch had a number', async () => {
    const model = network();
    const metric = new Metric([Number.NaN, Number.NaN]);
    await model.fit(x, y, {
      ...{epochs: 2, verbose: 0},
      callbacks: [metric, callbacks.restoreBestWeights({monitor: 'metric'})],
    });
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(metric.weights[1]);
  });

  it('works together with early stopping', async () => {
    const model = network();
    const metric = new Metric([3, 1, 2, 2, 2, 2]);
    const stop = kerasCallbacks.earlyStopping({monitor: 'metric', patience: 2});
    const restore = callbacks.restoreBestWeights({monitor: 'metric'});
    await model.fit(x, y, {epochs: 6, verbose: 0, callbacks: [metric, stop, restore]});
    expect(metric.weights).toHaveLength(4);
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(metric.weights[1]);
  });

  it('leaves no tensor behind, even where training throws', async () => {
    const model = network();
    await model.fit(x, y, {epochs: 1, verbose: 0});
    const before = memory().numTensors;
    const restore = callbacks.restoreBestWeights({monitor: 'loss'});
    await model.fit(x, y, {epochs: 3, verbose: 0, callbacks: [restore]});
    expect(memory().numTensors).toBe(before);
    restore.setModel((model as unknown as {model: Parameters<typeof restore.setModel>[0]}).model);
    await restore.onEpochEnd(0, {loss: -1});
    expect(memory().numTensors).toBe(before + 2);
    await restore.onTrainBegin();
    expect(memory().numTensors).toBe(before);
  });

  it('names what is missing', async () => {
    const model = sequential({layers: [keras.dense({units: 1, inputShape: [2]})]});
    model.compile({optimizer: train.sgd(0.1), loss: 'meanSquaredError'});
    const before = weightsOf(model);
    await expect(
      model.fit(x, y, {epochs: 1, verbose: 0, callbacks: [callbacks.restoreBestWeights()]}),
    ).rejects.toThrow('RestoreBestWeights: `monitor` must be a key of `logs` (loss), got "val_loss".');
    expect(weightsOf(model)).not.toEqual(before);
    expect(() => callbacks.restoreBestWeights({monitor: 3 as never})).toThrow(
      'RestoreBestWeights: `monitor` must be a key of `logs`, got 3.',
    );
  });
});
