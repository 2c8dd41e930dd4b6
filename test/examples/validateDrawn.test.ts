import {memory, randomUniform, type Tensor, zeros} from '@tensorflow/tfjs-core';
import {initializers, layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {expect, it} from 'vitest';
import {ValidateDrawn} from '../../examples/papers/validateDrawn.js';

const batches = {size: 1, iterator: async () => oneBatch()};
async function* oneBatch(): AsyncGenerator<{xs: Tensor; ys: Tensor}> {
  yield {xs: randomUniform([64, 6], -1, 1, 'float32', 3), ys: zeros([64, 3])};
}

/** The loss by likeliest and by drawn bits, of bits that are drawn at the given temperature. */
async function validated(forwardTemperature: number, evaluation: 'mode' | 'sample' = 'mode') {
  const code = layers.stochasticBinary({forwardTemperature, backwardTemperature: 1, evaluation, seed: 1});
  const kernelInitializer = initializers.glorotUniform({seed: 2});
  const model = sequential({layers: [keras.dense({units: 3, inputShape: [6], kernelInitializer}), code]});
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mse']});
  const logs: Record<string, number> = {};
  const before = memory().numTensors;
  await new ValidateDrawn(model, batches).onEpochEnd(0, logs);
  expect(memory().numTensors).toBe(before);
  const [likeliest] = (await model.evaluateDataset(batches as never, {})) as Tensor[];
  return {drawn: logs.val_drawn_loss!, likeliest: likeliest!.dataSync()[0]!, after: code.evaluation};
}

it('validates by drawn bits, which at temperature 0 are the likeliest', async () => {
  const certain = await validated(0);
  expect(certain.drawn).toBe(certain.likeliest);
  const random = await validated(2);
  expect(random.drawn).not.toBe(random.likeliest);
});

it.each(['mode', 'sample'] as const)('leaves a layer to evaluate by %s as before', async (evaluation) => {
  expect((await validated(1, evaluation)).after).toBe(evaluation);
});
