import {memory, randomUniform, type Tensor, zeros} from '@tensorflow/tfjs-core';
import {initializers, layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {expect, it} from 'vitest';
import {EvaluateOn} from '../../examples/papers/evaluateOn.js';

const batches = {size: 1, iterator: async () => oneBatch()};
async function* oneBatch(): AsyncGenerator<{xs: Tensor; ys: Tensor}> {
  yield {xs: randomUniform([64, 6], -1, 1, 'float32', 3), ys: zeros([64, 3])};
}

/** The losses by mode and by samples, of bits that are sampled at the given temperature. */
async function validated(forwardTemperature: number, evaluation: 'mode' | 'sample' = 'mode') {
  const code = layers.stochasticBinary({forwardTemperature, backwardTemperature: 1, evaluation, seed: 1});
  const kernelInitializer = initializers.glorotUniform({seed: 2});
  const model = sequential({layers: [keras.dense({units: 3, inputShape: [6], kernelInitializer}), code]});
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mse']});
  const logs: Record<string, number> = {};
  const before = memory().numTensors;
  await new EvaluateOn(model, {batches, prefix: 'val_sampled', evaluation: 'sample'}).onEpochEnd(0, logs);
  await new EvaluateOn(model, {batches, prefix: 'test'}).onEpochEnd(0, logs);
  expect(memory().numTensors).toBe(before);
  const [mode] = (await model.evaluateDataset(batches as never, {})) as Tensor[];
  return {logs, mode: mode!.dataSync()[0]!, after: code.evaluation};
}

it('evaluates by sampled bits, which are the modes at temperature 0, and as the layer is set', async () => {
  const certain = await validated(0);
  expect(certain.logs.val_sampled_loss).toBe(certain.mode);
  const random = await validated(2);
  expect(random.logs.val_sampled_loss).not.toBe(random.mode);
  expect(random.logs.test_loss).toBe(random.mode);
  expect(Object.keys(random.logs)).toEqual(['val_sampled_loss', 'val_sampled_mse', 'test_loss', 'test_mse']);
});

it.each(['mode', 'sample'] as const)('restores a layer that evaluated by %s', async (evaluation) => {
  expect((await validated(1, evaluation)).after).toBe(evaluation);
});
