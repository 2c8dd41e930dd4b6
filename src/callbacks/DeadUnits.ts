import {add, mul, type Tensor} from '@tensorflow/tfjs-core';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid, nonNegative} from '../functional/validate.js';
import type {ObservableLayer} from '../layers/UnitObserver.js';
import {Accumulator} from './Accumulator.js';
import {type EpochStatistic, UnitMonitor, type UnitMonitorArgs} from './UnitMonitor.js';

const OWNER = 'DeadUnits';

/** See docs/results/deadUnits.md for how it was chosen. */
const DEFAULT_RELATIVE = 0.1;

/** Arguments of `callbacks.deadUnits`. */
export interface DeadUnitsArgs extends UnitMonitorArgs {
  /**
   * A unit counts as dead below this fraction of the layer's own mean |dl/dlogit| in the same epoch, 0 to 1.
   * Default 0.1. It does not depend on the loss: as training converges, all gradients shrink alike.
   */
  relative?: number;
  /**
   * A unit counts as dead below this mean per-sample |dl/dlogit| (nats per nat of logit), as in the papers, which use
   * about 1e-3. Replaces `relative`; the count then rises as the loss falls.
   */
  threshold?: number;
}

/**
 * Percentage of units that receive next to no gradient.
 *
 * With `m[u]` the mean of |dl/dlogit| of unit u over the epoch's samples, l the loss of one sample, unit u is dead if
 * `m[u] = 0` or `m[u] < limit`. The limit is `relative * mean(m)` over the layer's units, or `threshold` if given. A
 * unit is a binary unit, a category of a group, or a logic gate (mean over its sixteen logits).
 *
 * Writes, per epoch: `deadUnits` over all watched layers and `deadUnits/<layer>`, both in percent (0 to 100), and for a
 * relative limit `deadUnitsLimit/<layer>`, its value in that epoch. All are NaN where a gradient was NaN.
 *
 * @throws If `relative` is not in [0, 1], `threshold` is not a finite number >= 0, both are given, an option is unknown,
 *   or `layers` is not an array or names a layer that cannot be watched.
 * @see Shah et al., arXiv:2410.13331, section 5.1.1.
 * @example
 * const dead = new DeadUnits({relative: 0.05, layers: ['bits']});
 * const {history} = await model.fit(x, y, {epochs: 2, callbacks: [dead]});
 * history['deadUnits/bits']; // percent, one number per epoch
 */
export class DeadUnits extends UnitMonitor<GradientMagnitude> {
  /** What counts as dead, in words: for logs and reports. */
  readonly criterion: string;
  private readonly relative: number;
  private readonly threshold: number | undefined;

  constructor(args: DeadUnitsArgs = {}) {
    checkOptions(OWNER, args, ['relative', 'threshold', 'layers']);
    const {relative, threshold, layers} = args;
    super(OWNER, layers);
    if (relative !== undefined && threshold !== undefined) {
      throw invalid(OWNER, 'threshold', 'left out where `relative` is given', threshold);
    }
    this.relative = nonNegative(OWNER, 'relative', relative ?? DEFAULT_RELATIVE);
    if (this.relative > 1) throw invalid(OWNER, 'relative', 'a number from 0 to 1', relative);
    this.threshold = threshold === undefined ? undefined : nonNegative(OWNER, 'threshold', threshold);
    this.criterion =
      threshold === undefined
        ? `mean |dl/dlogit| below ${this.relative} of the layer's mean`
        : `mean |dl/dlogit| of a sample below ${threshold}`;
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
      if (means === undefined) continue; // no gradient arrived, as in a frozen model
      const limit = this.threshold ?? this.relative * average(means);
      const dead = Number.isNaN(average(means))
        ? Number.NaN
        : means.filter((mean) => mean === 0 || mean < limit).length;
      logs[`deadUnits/${layer.name}`] = (100 * dead) / means.length;
      if (this.threshold === undefined) logs[`deadUnitsLimit/${layer.name}`] = limit;
      all.dead += dead;
      all.units += means.length;
    }
    if (all.units > 0) logs.deadUnits = (100 * all.dead) / all.units;
  }
}

function average(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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
