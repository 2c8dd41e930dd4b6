import {memory, mul, scalar, train} from '@tensorflow/tfjs-core';
import {Callback, layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {callbacks} from 'tfjs-discrete';
import {describe, expect, it, vi} from 'vitest';
import {uniformTensor} from '../support/values.js';

const x = uniformTensor([40, 2], -1, 1, 1);
const y = uniformTensor([40, 1], -1, 1, 2);

class CountsBatches extends Callback {
  batches = 0;

  override async onBatchEnd(): Promise<void> {
    this.batches++;
  }
}

function network(learningRate: number) {
  const model = sequential({layers: [keras.dense({units: 1, inputShape: [2]})]});
  model.compile({optimizer: train.sgd(learningRate), loss: 'meanSquaredError'});
  return model;
}

describe('terminateOnNaN', () => {
  it('stops training after the batch whose loss is not a number', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const model = network(0.1);
    const poison = new (class extends CountsBatches {
      override async onBatchBegin(): Promise<void> {
        if (this.batches === 7) this.model.setWeights(this.model.getWeights().map((w) => mul(w, Number.NaN)));
      }
    })();
    const callback = callbacks.terminateOnNaN();
    await model.fit(x, y, {batchSize: 8, epochs: 9, verbose: 0, callbacks: [poison, callback]});
    expect(poison.batches).toBe(8);
    expect(callback.termination).toEqual({epoch: 1, batch: 2, loss: Number.NaN});
    expect(warn.mock.calls).toEqual([
      ['TerminateOnNaN: the loss of batch 2 of epoch 1 is NaN; training stops.'],
    ]);
    warn.mockRestore();
  });

  it('counts infinities too', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const counter = new CountsBatches();
    const callback = callbacks.terminateOnNaN();
    const args = {batchSize: 8, epochs: 50, shuffle: false, verbose: 0} as const;
    await network(1e15).fit(x, y, {...args, callbacks: [counter, callback]});
    expect(callback.termination!.loss).toBe(Number.POSITIVE_INFINITY);
    expect(counter.batches).toBeLessThan(10);
    warn.mockRestore();
  });

  it('lets a sound run be, and leaves no tensor behind', async () => {
    const model = network(0.1);
    const callback = callbacks.terminateOnNaN();
    const before = memory().numTensors;
    await model.fit(x, y, {epochs: 2, verbose: 0, callbacks: [callback]});
    expect(callback.termination).toBeUndefined();
    const loss = scalar(1);
    await callback.onBatchEnd(0, {loss});
    loss.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
