import type {Tensor} from '@tensorflow/tfjs-core';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {sumRows} from '../functional/reductions.js';
import {isObservable, type ObservableLayer} from '../layers/UnitObserver.js';
import {Accumulator} from './Accumulator.js';
import {type EpochStatistic, UnitMonitor, type UnitMonitorArgs} from './UnitMonitor.js';

/** Arguments of `callbacks.perplexity`. */
export type PerplexityArgs = UnitMonitorArgs;

/**
 * Effective number of categories that a layer uses: exp of the entropy (nats) of the usage over the whole epoch.
 *
 * Writes `perplexity/<layer>`: for categories and bits the mean over groups, 1 to k, of the values
 * sampled in training; for logic gates that of the histogram of the units' most likely gates at the epoch's end, 1 to 16.
 *
 * @throws when `layers` is no array, or names one that cannot be watched.
 * @see Shah et al., arXiv:2410.13331, section 5.1.2 and figure 5.
 * @example
 * await model.fit(x, y, {callbacks: [new Perplexity()]});
 */
export class Perplexity extends UnitMonitor<Usage> {
  constructor(args: PerplexityArgs = {}) {
    checkOptions('Perplexity', args, ['layers']);
    super('Perplexity', args.layers, reportsUsage);
  }

  protected override createStatistic(): Usage {
    return new Usage();
  }

  protected override async writeLogs(
    watched: {layer: ObservableLayer; statistic: Usage}[],
    logs: UnresolvedLogs,
  ): Promise<void> {
    for (const {layer, statistic} of watched) {
      const {sums, rows} = await statistic.read();
      const groups = await layer.usage?.(sums, rows);
      if (groups === undefined) continue;
      const total = groups.reduce((sum, counts) => sum + perplexityOf(counts), 0);
      logs[`perplexity/${layer.name}`] = total / groups.length;
    }
  }
}

function reportsUsage(layer: object): layer is ObservableLayer {
  return isObservable(layer) && layer.usage !== undefined;
}

/** exp(-sum p log p) of counts. */
export function perplexityOf(counts: ArrayLike<number>): number {
  const all = Array.from(counts);
  const total = all.reduce((sum, count) => sum + count, 0);
  return Math.exp(
    all.reduce((sum, count) => (count > 0 ? sum - (count / total) * Math.log(count / total) : sum), 0),
  );
}

/** Sum over rows of the sampled values, and the number of rows. */
class Usage implements EpochStatistic {
  private readonly sums = new Accumulator();
  private rows = 0;

  sampled(values: Tensor): void {
    this.sums.accumulate((previous) => sumRows(values, previous));
    this.rows += values.shape[0]!;
  }

  async read(): Promise<{sums: Float32Array | undefined; rows: number}> {
    return {sums: await this.sums.read(), rows: this.rows};
  }

  clear(): void {
    this.sums.clear();
    this.rows = 0;
  }
}
