import {add, mul, type Tensor} from '@tensorflow/tfjs-core';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {nonNegative} from '../functional/validate.js';
import type {ObservableLayer} from '../layers/UnitObserver.js';
import {Accumulator} from './Accumulator.js';
import {type EpochStatistic, UnitMonitor, type UnitMonitorArgs} from './UnitMonitor.js';

/** Arguments of `callbacks.deadUnits`. */
export interface DeadUnitsArgs extends UnitMonitorArgs {
  /** Mean per-sample |dl/dlogit| (nats per nat of logit) below which a unit counts as dead. Default 1e-3. */
  threshold?: number;
}

/**
 * Percentage of units that learn next to nothing: those whose mean per-sample |dl/dlogit| over the epoch is
 * below the threshold, l being a sample's own loss. A unit is a binary unit, a category of a group, or a
 * logic gate (mean over its sixteen logits).
 *
 * Writes `deadUnits` over all watched layers and `deadUnits/<layer>`, both 0 to 100, or NaN where a gradient was NaN:
 * such a unit is neither dead nor learning.
 *
 * @throws when `threshold` is not a finite number >= 0, or `layers` is no array or names one that
 *   cannot be watched.
 * @see Shah et al., arXiv:2410.13331, section 5.1.1.
 * @example
 * await model.fit(x, y, {callbacks: [new DeadUnits({layers: ['bits']})]});
 */
export class DeadUnits extends UnitMonitor<GradientMagnitude> {
  private readonly threshold: number;

  constructor({threshold = 1e-3, layers}: DeadUnitsArgs = {}) {
    super('DeadUnits', layers);
    this.threshold = nonNegative('DeadUnits', 'threshold', threshold);
  }

  protected override createStatistic(): GradientMagnitude {
    return new GradientMagnitude();
  }

  protected override async writeLogs(
    watched: {layer: ObservableLayer; statistic: GradientMagnitude}[],
    logs: UnresolvedLogs,
  ): Promise<void> {
    const all = {dead: 0, units: 0};
    for (const {layer, statistic} of watched) {
      const means = await statistic.means();
      if (means === undefined) continue; // no gradient came by, as in a frozen model
      const dead = means.some(Number.isNaN)
        ? Number.NaN
        : means.filter((mean) => mean < this.threshold).length;
      logs[`deadUnits/${layer.name}`] = (100 * dead) / means.length;
      all.dead += dead;
      all.units += means.length;
    }
    if (all.units > 0) logs.deadUnits = (100 * all.dead) / all.units;
  }
}

/** Mean over rows of each unit's |dl/dlogit|, l the loss of one sample. */
class GradientMagnitude implements EpochStatistic {
  private readonly total = new Accumulator();
  private rows = 0;
  /** Samples of the first batch: what the sum is counted in, so that batches of that size need no product. */
  private unit = 0;

  gradient(magnitude: Tensor, rows: number, samples: number): void {
    if (this.rows === 0) this.unit = samples;
    const share = samples / this.unit;
    if (share === 1) this.total.add(magnitude);
    else this.total.accumulate((previous) => add(previous!, mul(magnitude, share)));
    this.rows += rows;
  }

  async means(): Promise<Float32Array | undefined> {
    return (await this.total.read())?.map((sum) => (sum * this.unit) / this.rows);
  }

  clear(): void {
    this.total.clear();
    this.rows = 0;
  }
}
