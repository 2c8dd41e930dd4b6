import type {Tensor} from '@tensorflow/tfjs-core';
import type {Sequential} from '@tensorflow/tfjs-layers';
import {callbacks} from 'tfjs-discrete';
import type {Work} from './Work.js';

/**
 * `model.fit` over whole epochs of these data, which makes and shuffles the batches too: plain, and watched
 * by the three monitors.
 */
export function fitting(model: Sequential, x: Tensor, y: Tensor, batch: number): Work['variants'] {
  const stepsAnEpoch = x.shape[0]! / batch;
  const fitter = (watched: boolean) => async (steps: number) => {
    const epochs = Math.ceil(steps / stepsAnEpoch);
    const watchers = watched ? callbacks.list([callbacks.monitors()]) : [];
    await model.fit(x, y, {epochs, batchSize: batch, verbose: 0, callbacks: watchers});
    return epochs * stepsAnEpoch;
  };
  return {fit: fitter(false), watched: fitter(true)};
}
