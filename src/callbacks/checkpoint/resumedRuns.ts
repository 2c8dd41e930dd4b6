import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {CheckpointState} from './checkpointFile.js';

/** Where a model's training stopped, for callbacks to go on from there. */
export type StoppedRun = Pick<
  CheckpointState,
  'epoch' | 'batch' | 'history' | 'epochs' | 'partial' | 'best' | 'batches'
> & {readonly dir: string};

const runs = new WeakMap<LayersModel, StoppedRun>();

/** Lets callbacks on `model` know where its training stopped. */
export function rememberRun(model: LayersModel, run: StoppedRun): void {
  runs.set(model, run);
}

/** Where the training of `model` stopped: as it was resumed, or as a checkpoint callback left it. */
export function stoppedRun(model: LayersModel): StoppedRun | undefined {
  return runs.get(model);
}
