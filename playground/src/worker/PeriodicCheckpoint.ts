import {Callback} from '@tensorflow/tfjs-layers';
import {callbacks, type ShuffledBatches} from 'tfjs-discrete';

/** Where the page's run lies in the browser's storage. */
export const CHECKPOINTS = 'playground';

const PERIOD_MS = 4000;
const KEY = 'savedPeriod';

/**
 * `callbacks.checkpoint` at the ends of epochs that lie at least four seconds apart: epochs here can take less than a
 * second, and a checkpoint has megabytes. It saves when the number of the period, logged as a metric, has grown.
 */
export function periodicCheckpoint(batches: ShuffledBatches): readonly Callback[] {
  return [
    new Period(),
    callbacks.checkpoint(CHECKPOINTS, {batches, keep: 1, saveBestOnly: true, monitor: KEY, mode: 'max'}),
  ];
}

class Period extends Callback {
  override async onEpochEnd(_epoch: number, logs: Record<string, unknown> = {}): Promise<void> {
    logs[KEY] = Math.floor(Date.now() / PERIOD_MS);
  }
}
