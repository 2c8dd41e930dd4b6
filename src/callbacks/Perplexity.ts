import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import type {ObservableLayer} from '../layers/UnitObserver.js';
import {UnitMonitor, type UnitMonitorArgs} from './UnitMonitor.js';
import {reportsUsage, UsageStatistic} from './UsageStatistic.js';

/** Arguments of `callbacks.perplexity`. */
export type PerplexityArgs = UnitMonitorArgs;

/**
 * Effective number of categories that a layer uses: exp of the entropy (nats) of the usage over the whole epoch.
 *
 * Writes `perplexity/<layer>`: for categories and bits the mean over groups, 1 to k, of the values
 * sampled in training; for logic gates that of the histogram of the modes of the units at the epoch's end, 1 to 16.
 *
 * @throws If `everyBatches` is not a whole number >= 1, an option is unknown, or `layers` is not an array or names a layer
 *   that cannot be watched.
 * @see Shah et al., arXiv:2410.13331, section 5.1.2 and figure 5.
 * @example
 * await model.fit(x, y, {callbacks: [new Perplexity()]});
 */
export class Perplexity extends UnitMonitor<UsageStatistic> {
  constructor(args: PerplexityArgs = {}) {
    checkOptions('Perplexity', args, ['layers', 'everyBatches']);
    super('Perplexity', args, reportsUsage, 'methods `observe` and `usage`');
  }

  protected override createStatistic(): UsageStatistic {
    return new UsageStatistic();
  }

  protected override async writeLogs(
    watched: {layer: ObservableLayer; statistic: UsageStatistic}[],
    logs: UnresolvedLogs,
  ): Promise<void> {
    for (const {layer, statistic} of watched) {
      const groups = await statistic.countsOf(layer);
      if (groups === undefined) continue;
      const total = groups.reduce((sum, counts) => sum + perplexityOf(counts), 0);
      logs[`perplexity/${layer.name}`] = total / groups.length;
    }
  }
}

/** exp(-sum p log p) of counts. */
export function perplexityOf(counts: ArrayLike<number>): number {
  const all = Array.from(counts);
  const total = all.reduce((sum, count) => sum + count, 0);
  return Math.exp(
    all.reduce((sum, count) => (count > 0 ? sum - (count / total) * Math.log(count / total) : sum), 0),
  );
}
