import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';

/** Lets a monitor write under other keys, so that several of one kind can watch the same training. */
export class RenamedLogs extends Callback {
  /** @param keys New names by old ones; what has no new name is left out. */
  constructor(
    private readonly monitor: Callback,
    private readonly keys: Readonly<Record<string, string>>,
  ) {
    super();
  }

  override setModel(model: Parameters<Callback['setModel']>[0]): void {
    super.setModel(model);
    this.monitor.setModel(model);
  }

  override async onTrainBegin(): Promise<void> {
    await this.monitor.onTrainBegin();
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    await this.monitor.onEpochBegin(epoch);
  }

  override async onEpochEnd(epoch: number, logs: UnresolvedLogs): Promise<void> {
    const own: UnresolvedLogs = {};
    await this.monitor.onEpochEnd(epoch, own);
    for (const [from, to] of Object.entries(this.keys)) logs[to] = own[from]!;
  }

  override async onTrainEnd(): Promise<void> {
    await this.monitor.onTrainEnd();
  }
}
