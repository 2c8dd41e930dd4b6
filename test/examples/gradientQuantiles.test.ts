import {memory, randomUniform} from '@tensorflow/tfjs-core';
import {initializers, layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {callbacks, layers} from 'tfjs-discrete';
import {expect, it} from 'vitest';
import {GradientQuantiles} from '../../examples/papers/gradientQuantiles.js';
import {RenamedLogs} from '../../examples/papers/renamedLogs.js';

const UNITS = 20;

/** One epoch of three batches, the last one smaller, watched by `watchers`; the same seeds, so the same gradients. */
async function train(...watchers: readonly (GradientQuantiles | RenamedLogs)[]) {
  const start = () => ({kernelInitializer: initializers.glorotUniform({seed: 2})});
  const bits = layers.stochasticBinary({forwardTemperature: 0.5, backwardTemperature: 0.2, seed: 1});
  const model = sequential({
    layers: [
      keras.dense({units: UNITS, inputShape: [6], ...start()}),
      bits,
      keras.dense({units: 3, ...start()}),
    ],
  });
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const [x, y] = [randomUniform([40, 6], -1, 1, 'float32', 3), randomUniform([40, 3], -1, 1, 'float32', 4)];
  const before = memory().numTensors;
  const fit = {epochs: 2, batchSize: 16, shuffle: false, verbose: 0, callbacks: [...watchers]};
  const {history} = await model.fit(x, y, fit);
  expect(memory().numTensors).toBe(before);
  return history as Record<string, number[]>;
}

it('GradientQuantiles records the thresholds below which a share of the units is dead', async () => {
  const recorded = await train(new GradientQuantiles());
  for (const percent of [5, 25, 50, 75, 90]) {
    const threshold = recorded[`gradient/p${percent}`]![1]!;
    const deadUnits = (factor: number) =>
      new RenamedLogs(callbacks.deadUnits({threshold: factor * threshold}), {deadUnits: `times ${factor}`});
    // A unit is dead below the threshold; its own mean is the threshold but for rounding in float32.
    const counted = await train(deadUnits(1 - 1e-4), deadUnits(1 + 1e-4));
    expect(counted['times 0.9999']![1], `below ${percent} %`).toBe(percent);
    expect(counted['times 1.0001']![1], `up to ${percent} %`).toBe(percent + 100 / UNITS);
    expect(counted.deadUnits).toBeUndefined();
  }
});
