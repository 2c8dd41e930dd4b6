import {train} from '@tensorflow/tfjs-core';
import {layers as keras, type LayersModel, sequential} from '@tensorflow/tfjs-layers';
import {callbacks, functional, optimizers, type ReduceLROnPlateauArgs} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';

function network(optimizer: Parameters<LayersModel['compile']>[0]['optimizer']) {
  const model = sequential({layers: [keras.dense({units: 1, inputShape: [2]})]});
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}

/** Learning rates of epochs that end with the given values of the metric. */
async function rates(
  values: number[],
  args: ReduceLROnPlateauArgs,
  optimizer: Parameters<typeof network>[0] = train.sgd(1),
) {
  const callback = callbacks.reduceLROnPlateau({monitor: 'metric', ...args});
  const model = network(optimizer);
  callback.setModel((model as unknown as {model: LayersModel}).model);
  await callback.onTrainBegin();
  const seen: number[] = [];
  for (const [epoch, metric] of values.entries()) {
    const logs: Record<string, number> = {metric};
    await callback.onEpochEnd(epoch, logs);
    seen.push(logs.learningRate!);
  }
  return seen;
}

describe('reduceLROnPlateau', () => {
  it('reduces the rate after `patience` epochs without improvement', async () => {
    expect(await rates([5, 4, 4, 4, 4, 4, 4], {factor: 0.5, patience: 2})).toEqual([
      1, 1, 1, 1, 0.5, 0.5, 0.25,
    ]);
  });

  it('starts counting anew with each improvement larger than `minDelta`', async () => {
    const args = {factor: 0.5, patience: 2, minDelta: 0.1};
    expect(await rates([5, 5, 4.8, 4.8, 4.75, 4.75], args)).toEqual([1, 1, 1, 1, 1, 0.5]);
  });

  it('does not count the epochs of the cooldown', async () => {
    expect(await rates([1, 1, 1, 1, 1, 1], {factor: 0.5, patience: 1, cooldown: 2})).toEqual([
      1, 1, 0.5, 0.5, 0.25, 0.25,
    ]);
  });

  it('never goes below `minLearningRate`, nor up to it', async () => {
    const args = {factor: 0.1, patience: 1, minLearningRate: 0.3};
    expect(await rates([1, 1, 1, 1], args)).toEqual([1, 1, 0.3, 0.3]);
    expect(await rates([1, 1, 1, 1], args, train.sgd(0.2))).toEqual([0.2, 0.2, 0.2, 0.2]);
  });

  it('counts rising accuracy as improvement, and NaN as none', async () => {
    const args = {monitor: 'metric', mode: 'max', factor: 0.5, patience: 1} as const;
    expect(await rates([0.1, 0.2, Number.NaN, 0.3], args)).toEqual([1, 1, 1, 0.5]);
  });

  it('scales the schedule that an optimizer follows', async () => {
    const optimizer = optimizers.adam({learningRate: functional.schedules.constant(1)});
    expect(await rates([1, 1, 1], {factor: 0.25, patience: 1}, optimizer)).toEqual([1, 1, 0.25]);
    expect(optimizer.learningRate).toBe(0.0625);
    expect(optimizer.schedule!.description).toMatchObject({kind: 'scale', factor: 0.25});
  });

  it('rejects what it cannot do', async () => {
    for (const [args, message] of [
      [{factor: 1}, '`factor` must be a number between 0 and 1, got 1.'],
      [{patience: 1.5}, '`patience` must be a whole number >= 0, got 1.5.'],
      [{cooldown: -1}, '`cooldown` must be a whole number >= 0, got -1.'],
      [{minLearningRate: -1}, '`minLearningRate` must be a finite number >= 0, got -1.'],
      [{mode: 'low' as never}, "`mode` must be one of 'auto', 'min', 'max', got \"low\"."],
      [{minDelta: -1}, '`minDelta` must be a finite number >= 0, got -1.'],
      [{patiance: 3} as never, 'unknown option `patiance`; did you mean `patience`?'],
    ] as [ReduceLROnPlateauArgs, string][]) {
      expect(() => callbacks.reduceLROnPlateau(args)).toThrow(`ReduceLROnPlateau: ${message}`);
    }
    await expect(rates([1], {monitor: 'val_los'})).rejects.toThrow(
      'ReduceLROnPlateau: `monitor` must be a key of `logs` (metric), got "val_los".',
    );
    const optimizer = optimizers.adam({learningRate: functional.schedules.constant(1)});
    await expect(rates([1], {minLearningRate: 0.1}, optimizer)).rejects.toThrow(
      'ReduceLROnPlateau: `minLearningRate` must be left out where the optimizer follows a schedule, got 0.1.',
    );
  });
});
