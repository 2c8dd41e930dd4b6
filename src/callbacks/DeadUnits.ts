import {abs, add, cast, less, mul, sum, type Tensor} from '@tensorflow/tfjs-core';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid, nonNegative, oneOf} from '../functional/validate.js';
import {isObservable, type ObservableLayer} from '../layers/UnitObserver.js';
import {Accumulator} from './Accumulator.js';
import {type EpochStatistic, UnitMonitor, type UnitMonitorArgs} from './UnitMonitor.js';

const OWNER = 'DeadUnits';

/** See docs/results/deadUnits.md for how it was chosen. */
const DEFAULT_RELATIVE = 0.1;
const COUNTED = ['unit', 'sample'] as const;

/** Arguments of `callbacks.deadUnits`. */
export interface DeadUnitsArgs extends UnitMonitorArgs {
  /**
   * A unit counts as dead below this fraction of the layer's own mean |dl/dlogit| in the same epoch, 0 to 1.
   * Default 0.1. It does not depend on the loss: as training converges, all gradients shrink alike.
   */
  relative?: number;
  /**
   * A unit counts as dead below this mean per-sample |dl/dlogit| (nats per nat of logit), such as 1e-3. Replaces
   * `relative`; the count then rises as the loss falls.
   */
  threshold?: number;
  /**
   * What is counted. `unit` (default): units, by their mean over the epoch. `sample`: pairs of a sample and a unit, each by
   * its own |dl/dlogit| against `threshold`, which is then required; a unit that learns from one sample in
   * ten is 90 % dead. Costs a few operations on `[rows, units]` per step, and does not count logic gates, whose gradient
   * the whole batch shares.
   */
  per?: (typeof COUNTED)[number];
}

/**
 * Percentage of units that receive next to no gradient.
 *
 * With `m[u]` the mean of |dl/dlogit| of unit u over the epoch's samples, l the loss of one sample, unit u is dead if
 * `m[u] = 0` or `m[u] < limit`. The limit is `relative * mean(m)` over the layer's units, or `threshold` if given. A
 * unit is a binary unit, a category of a group, or a logic gate (mean over its sixteen logits). With `per: 'sample'` the
 * percentage is that of pairs of a sample and a unit whose own |dl/dlogit| is 0 or below `threshold`.
 *
 * Writes, per epoch: `deadUnits` over all watched layers and `deadUnits/<layer>`, both in percent (0 to 100), and for a
 * relative limit `deadUnitsLimit/<layer>`, its value in that epoch. All are NaN where a gradient was NaN.
 *
 * @throws If `relative` is not in [0, 1], `threshold` is not a finite number >= 0, both are given, `per` is 'sample' without
 *   a threshold, `everyBatches` is not a whole number >= 1, an option is unknown, or `layers` is not an array or names a
 *   layer that cannot be watched.
 * @see Shah et al., arXiv:2410.13331, section 5.1.1.
 * @example
 * const dead = new DeadUnits({relative: 0.05, layers: ['bits']});
 * const {history} = await model.fit(x, y, {epochs: 2, callbacks: [dead]});
 * history['deadUnits/bits']; // percent, one number per epoch
 */
export class DeadUnits extends UnitMonitor<GradientMagnitude | RowCount> {
  /** What counts as dead, in words: for logs and reports. */
  readonly criterion: string;
  private readonly relative: number;
  private readonly threshold: number | undefined;
  private readonly per: (typeof COUNTED)[number];
  /** Layers that reported no gradient, and for which it has said so. */
  private readonly silent = new Set<string>();
  private warned = false;

  constructor(args: DeadUnitsArgs = {}) {
    checkOptions(OWNER, args, ['relative', 'threshold', 'layers', 'per', 'everyBatches']);
    const {relative, threshold, per = 'unit'} = args;
    super(OWNER, args, per === 'sample' ? hasRowGradients : isObservable);
    this.per = oneOf(OWNER, 'per', per, COUNTED);
    if (per === 'sample' && threshold === undefined) {
      throw invalid(OWNER, 'threshold', "given where `per` is 'sample'", threshold);
    }
    if (relative !== undefined && threshold !== undefined) {
      throw invalid(OWNER, 'threshold', 'left out where `relative` is given', threshold);
    }
    this.relative = nonNegative(OWNER, 'relative', relative ?? DEFAULT_RELATIVE);
    if (this.relative > 1) throw invalid(OWNER, 'relative', 'a number from 0 to 1', relative);
    this.threshold = threshold === undefined ? undefined : nonNegative(OWNER, 'threshold', threshold);
    if (threshold === undefined)
      this.criterion = `mean |dl/dlogit| below ${this.relative} of the layer's mean`;
    else if (per === 'unit') this.criterion = `mean |dl/dlogit| of a sample below ${threshold}`;
    else this.criterion = `|dl/dlogit| of a sample and unit below ${threshold}`;
  }

  /** Says that a layer reported no gradient, the first time. */
  private warnOnce(name: string): void {
    if (this.silent.has(name)) return;
    this.silent.add(name);
    console.warn(
      `${OWNER}: \`layers\` hold '${name}', which reported no gradient in this epoch, so nothing is logged for it. Are all ` +
        'weights before it frozen? A layer of your own must call `observer.gradient` in each backward pass.',
    );
  }

  /** Two of them write the same keys, with their own limits. */
  private warnOfAnother(): void {
    if (this.warned) return;
    this.warned = true;
    console.warn(
      `${OWNER}: \`deadUnits\` is written by two callbacks, and the logs keep what the last one counts: ${this.criterion}. ` +
        'Leave one out; callbacks.monitors counts dead units, too, and takes `threshold`.',
    );
  }

  protected override createStatistic(): GradientMagnitude | RowCount {
    return this.per === 'unit' ? new GradientMagnitude() : new RowCount(this.threshold!);
  }

  protected override async writeLogs(
    watched: {layer: ObservableLayer; statistic: GradientMagnitude | RowCount}[],
    logs: UnresolvedLogs,
  ): Promise<void> {
    const all = {dead: 0, units: 0};
    for (const {layer, statistic} of watched) {
      const means = await statistic.means();
      if (means === undefined) {
        this.warnOnce(layer.name); // as in a frozen model
        continue;
      }
      if (statistic instanceof RowCount) {
        logs[`deadUnits/${layer.name}`] = 100 * average(means);
        all.dead += means.length * average(means);
        all.units += means.length;
        continue;
      }
      const limit = this.threshold ?? this.relative * average(means);
      const dead = Number.isNaN(average(means))
        ? Number.NaN
        : means.filter((mean) => mean === 0 || mean < limit).length;
      logs[`deadUnits/${layer.name}`] = (100 * dead) / means.length;
      if (this.threshold === undefined) logs[`deadUnitsLimit/${layer.name}`] = limit;
      all.dead += dead;
      all.units += means.length;
    }
    if (all.units > 0 && logs.deadUnits !== undefined) this.warnOfAnother();
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

/** Share of rows in which each unit's own |dl/dlogit|, l the loss of one sample, is 0 or below a threshold. */
class RowCount implements EpochStatistic {
  private readonly total = new Accumulator();
  private rows = 0;

  constructor(private readonly threshold: number) {}

  rowGradients(gradients: Tensor, samples: number): void {
    const [rows] = gradients.shape as [number];
    // A count, or NaN where a gradient was NaN: NaN is below no threshold, and would pass for a living unit.
    this.total.accumulate((previous) => {
      const magnitude = mul(abs(gradients), samples);
      const limit = Math.max(this.threshold, SMALLEST);
      const dead = add(cast(less(magnitude, limit), 'float32'), mul(magnitude, 0));
      const count = sum(dead, 0);
      return previous === undefined ? count : add(previous, count);
    });
    this.rows += rows;
  }

  async means(): Promise<Float32Array | undefined> {
    return (await this.total.read())?.map((count) => count / this.rows);
  }

  clear(): void {
    this.total.clear();
    this.rows = 0;
  }
}

/** The smallest number above 0 that no backend flushes to 0: a gradient below it is none. */
const SMALLEST = 2 ** -126;

/** Whether a layer's gradient has a row for each sample; that of logic gates is summed over the batch. */
function hasRowGradients(layer: object): layer is ObservableLayer {
  return isObservable(layer) && (layer as {unit?: unknown}).unit !== 'gate';
}
