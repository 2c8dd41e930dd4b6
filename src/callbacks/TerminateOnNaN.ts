import type {Tensor} from '@tensorflow/tfjs-core';
import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {inHostMemory} from '../functional/inHostMemory.js';
import {mustBeInstance} from './mustBeInstance.js';

/** Where training was stopped. */
export interface Termination {
  /** Counted from 0. */
  readonly epoch: number;
  /** Counted from 0 within its epoch. */
  readonly batch: number;
  /** NaN or an infinity. */
  readonly loss: number;
}

/**
 * Stops training when a batch's loss is NaN or infinite, and says so on the console.
 *
 * On a CPU training stops after that batch. On a GPU the loss is read without waiting for the device, and training stops a few
 * batches later.
 * @example
 * await model.fit(x, y, {callbacks: [new TerminateOnNaN()]});
 */
export class TerminateOnNaN extends Callback {
  /** Where training was stopped, if it was. */
  termination: Termination | undefined;
  private epoch = 0;
  private pending: Promise<void>[] = [];

  /** @param args Nothing yet. */
  constructor(args: Readonly<Record<string, never>> = {}) {
    super();
    checkOptions('TerminateOnNaN', args, []);
  }

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, TerminateOnNaN);
    this.termination = undefined;
    this.pending = [];
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.epoch = epoch;
  }

  override async onBatchEnd(batch: number, logs?: UnresolvedLogs): Promise<void> {
    const loss = logs?.loss;
    if (loss === undefined) return;
    if (typeof loss === 'number') this.look(batch, loss);
    else if (inHostMemory()) this.look(batch, loss.dataSync()[0]!);
    else this.pending.push(this.read(batch, loss.clone(), this.epoch));
  }

  override async onEpochEnd(): Promise<void> {
    await Promise.all(this.pending.splice(0));
  }

  private async read(batch: number, loss: Tensor, epoch: number): Promise<void> {
    const [value] = await loss.data();
    loss.dispose();
    this.look(batch, value!, epoch);
  }

  private look(batch: number, loss: number, epoch = this.epoch): void {
    if (Number.isFinite(loss) || this.termination !== undefined) return;
    this.termination = {epoch, batch, loss};
    this.model.stopTraining = true;
    console.warn(`TerminateOnNaN: the loss of batch ${batch} of epoch ${epoch} is ${loss}; training stops.`);
  }
}
