import type {Tensor} from '@tensorflow/tfjs-core';
import type {Sequential} from '@tensorflow/tfjs-layers';
import {callbacks} from 'tfjs-discrete';
import type {Workload} from './Workload.js';

/**
 * `model.fit` over whole epochs of these data, which includes making and shuffling batches: without callbacks, with
 * the three monitors, and with monitors that watch every fourth batch.
 */
export function fitting(model: Sequential, x: Tensor, y: Tensor, batch: number): Workload['variants'] {
  const stepsPerEpoch = x.shape[0]! / batch;
  const fitter = (everyBatches?: number) => async (steps: number) => {
    const epochs = Math.ceil(steps / stepsPerEpoch);
    const watchers = everyBatches ? callbacks.list([callbacks.monitors({everyBatches})]) : [];
    await model.fit(x, y, {epochs, batchSize: batch, verbose: 0, callbacks: watchers});
    return epochs * stepsPerEpoch;
  };
  return {fit: fitter(), watched: fitter(1), watchedEveryFourth: fitter(4)};
}
