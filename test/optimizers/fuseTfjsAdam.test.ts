import {getBackend, memory, tensor2d, train, zeros} from '@tensorflow/tfjs-core';
import {layers, sequential} from '@tensorflow/tfjs-layers';
import {expect, it} from 'vitest';
import {fuseTfjsAdam} from '../../src/optimizers/fuseTfjsAdam.js';

/** Weights after `steps` of training with each step's `fused`, and how many tensors were left. */
async function trained(fused: readonly boolean[]) {
  const before = memory().numTensors;
  const model = sequential({layers: [layers.dense({units: 3, inputShape: [4], kernelInitializer: 'ones'})]});
  const optimizer = train.adam(0.1);
  model.compile({optimizer, loss: 'meanSquaredError'});
  const x = tensor2d([
    [1, -2, 3, 0.5],
    [0, 1, -1, 2],
  ]);
  const y = zeros([2, 3]);
  for (const one of fused) {
    const restore = one ? fuseTfjsAdam(getBackend()) : () => {};
    await model.trainOnBatch(x, y);
    restore();
  }
  const weights = model.getWeights().map((weight) => [...weight.dataSync()]);
  for (const each of [model, optimizer, x, y]) each.dispose();
  return {weights, left: memory().numTensors - before};
}

it("composed, gives TensorFlow.js's own weights bit for bit, and continues its runs", async () => {
  const own = await trained([false, false, false, false]);
  expect((await trained([true, true, true, true])).weights).toEqual(own.weights);
  expect((await trained([false, true, true, false])).weights).toEqual(own.weights);
});

it('leaves as many tensors behind as the original, none', async () => {
  expect((await trained([true, true])).left).toBe((await trained([false, false])).left);
});

it('leaves other backends to the original', async () => {
  const restore = fuseTfjsAdam('elsewhere');
  const {weights} = await trained([false, false]);
  restore();
  expect(weights).toEqual((await trained([false, false])).weights);
});
