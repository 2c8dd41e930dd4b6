import {rm} from 'node:fs/promises';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {callbacks} from 'tfjs-discrete';
import {shuffledBatches, testBatches} from './data/batches.js';
import type {Dataset} from './data/datasets.js';
import {StopOnInterrupt} from './interrupt.js';
import type {Settings} from './options.js';
import {type Figures, Progress} from './progress.js';
import {TASKS} from './tasks/index.js';

/** How a training run went. */
export interface Outcome {
  /** The figures of each epoch, an interrupted one's too. */
  readonly epochs: readonly Figures[];
  readonly interrupted: boolean;
  readonly seconds: number;
}

/**
 * Trains a compiled model, with a progress bar, the monitors' figures, and events for TensorBoard.
 *
 * @param events Folder for the events; those of an earlier run there are deleted.
 */
export async function trainModel(
  model: LayersModel,
  data: Dataset,
  {task, epochs, batchSize, seed}: Settings,
  events: string,
): Promise<Outcome> {
  const {target, deadBelow} = TASKS[task];
  const batches = shuffledBatches(data, target, batchSize, seed);
  const progress = new Progress(epochs, batches.size);
  const interrupt = new StopOnInterrupt(() => {
    progress.clear();
    console.log('Ctrl-C: stopping after this batch, then saving. Press it again to end at once.');
  });
  const began = performance.now();
  await rm(events, {recursive: true, force: true});
  try {
    await model.fitDataset(batches, {
      epochs,
      validationData: testBatches(data, target),
      // Each callback sees what those before it have written into `logs`.
      callbacks: callbacks.list([
        interrupt,
        callbacks.monitors({threshold: deadBelow}),
        callbacks.tensorBoard(events),
        progress,
      ]),
      verbose: 0,
    });
  } finally {
    interrupt.release();
  }
  const seconds = (performance.now() - began) / 1000;
  return {epochs: progress.epochs, interrupted: interrupt.interrupted, seconds};
}
