import type {History, LayersModel} from '@tensorflow/tfjs-layers';
import {callbacks, type ReportArgs} from 'tfjs-discrete';
import {shuffledBatches, testBatches} from './data/batches.js';
import type {Dataset} from './data/datasets.js';
import {StopOnInterrupt} from './interrupt.js';
import type {Settings} from './options.js';
import {TASKS} from './tasks/index.js';

/** How a training run went. */
export interface Outcome {
  /** The values of each epoch, an interrupted one's too. */
  readonly history: History;
  readonly interrupted: boolean;
  readonly seconds: number;
}

/** Where a run leaves what can be looked at while it goes on. */
export interface OutputPaths {
  readonly model: string;
  readonly report: string;
  readonly events: string;
  /** After each epoch, for `--resume`. */
  readonly checkpoints: string;
  /** What the run was started with; see `recordRun`. */
  readonly settings: string;
}

/**
 * Trains a compiled model, with a progress bar, the monitors, a report that is renewed after every epoch, events for
 * TensorBoard, and a checkpoint after every epoch.
 *
 * @param output Without events and checkpoints of an earlier run, unless it is continued.
 * @param about What the report says besides the curves.
 * @param first The epoch to begin with; above 0 for a model that `resume` has loaded.
 */
export async function trainModel(
  model: LayersModel,
  data: Dataset,
  {task, epochs, batchSize, seed}: Settings,
  output: OutputPaths,
  about: Omit<ReportArgs, 'model' | 'running'>,
  first = 0,
): Promise<Outcome> {
  const {target} = TASKS[task];
  const batches = shuffledBatches(data, target, batchSize, seed, first);
  const interrupt = new StopOnInterrupt(() => {
    console.log('\nCtrl-C: stopping after this batch, then saving. Press it again to end at once.');
  });
  const began = performance.now();
  try {
    const history = await model.fitDataset(batches, {
      epochs,
      initialEpoch: first,
      validationData: testBatches(data, target),
      callbacks: callbacks.list([
        interrupt,
        callbacks.progress(),
        callbacks.monitors(),
        callbacks.tensorBoard(output.events),
        callbacks.report(output.report, about),
        callbacks.checkpoint(output.checkpoints),
      ]),
      verbose: 0,
    });
    const seconds = (performance.now() - began) / 1000;
    return {history, interrupted: interrupt.interrupted, seconds};
  } finally {
    interrupt.release();
  }
}
