import type {Tensor} from '@tensorflow/tfjs-core';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {sumRows} from '../functional/reductions.js';
import type {ObservableLayer} from '../layers/UnitObserver.js';
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
    super('Perplexity', args.layers);
  }

  protected override createStatistic(layer: ObservableLayer): Usage {
    return new Usage(layer.unit !== 'gate');
  }

  protected override async writeLogs(
    watched: {layer: ObservableLayer; statistic: Usage}[],
    logs: UnresolvedLogs,
  ): Promise<void> {
    for (const {layer, statistic} of watched) {
      const groups = await usageOf(layer, statistic);
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

/** Counts of the sampled categories, one array per group. */
async function usageOf(layer: ObservableLayer, statistic: Usage): Promise<number[][] | undefined> {
  if (layer.gateModes !== undefined) {
    const gates = layer.gateModes();
    const counts = new Array<number>(layer.choices).fill(0);
    for (const gate of await gates.data()) counts[gate]!++;
    gates.dispose();
    return [counts];
  }
  const {hits, rows} = await statistic.read();
  if (hits === undefined) return undefined;
  if (layer.unit === 'binary') return Array.from(hits, (ones) => [ones, rows - ones]);
  return Array.from({length: hits.length / layer.choices}, (_, group) =>
    Array.from(hits.subarray(group * layer.choices, (group + 1) * layer.choices)),
  );
}

/** How often each unit was on, and out of how many rows. */
class Usage implements EpochStatistic {
  private readonly hits = new Accumulator();
  private rows = 0;
  readonly drawn?: (values: Tensor) => void;

  constructor(counts: boolean) {
    if (!counts) return;
    this.drawn = (values) => {
      this.hits.accumulate((previous) => sumRows(values, previous));
      this.rows += values.shape[0]!;
    };
  }

  async read(): Promise<{hits: Float32Array | undefined; rows: number}> {
    return {hits: await this.hits.read(), rows: this.rows};
  }

  clear(): void {
    this.hits.clear();
    this.rows = 0;
  }
}
