import type {Tensor} from '@tensorflow/tfjs-core';
import {sumRows} from '../functional/reductions.js';
import {isObservable, type ObservableLayer, type UsageCounts} from '../layers/UnitObserver.js';
import {Accumulator} from './Accumulator.js';
import type {EpochStatistic} from './UnitMonitor.js';

/** Whether a layer can say how often it used each of its categories. */
export function reportsUsage(layer: object): layer is ObservableLayer {
  return isObservable(layer) && layer.usage !== undefined;
}

/** Sum over rows of the sampled values, and the number of rows. */
export class UsageStatistic implements EpochStatistic {
  private readonly sums = new Accumulator();
  private rows = 0;

  sampled(values: Tensor): void {
    this.sums.accumulate((previous) => sumRows(values, previous));
    this.rows += values.shape[0]!;
  }

  /** Reads the sums and has the layer turn them into counts; undefined where nothing was used. */
  async countsOf(layer: ObservableLayer): Promise<UsageCounts | undefined> {
    return layer.usage?.(await this.sums.read(), this.rows);
  }

  clear(): void {
    this.sums.clear();
    this.rows = 0;
  }
}
