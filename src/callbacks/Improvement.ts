import {invalid, nonNegative, oneOf} from '../functional/validate.js';

/** What callbacks that follow one metric have in common. */
export interface ImprovementArgs {
  /** Key of `logs`. Default `val_loss`. */
  monitor?: string;
  /** Whether lower or higher is better. `auto`, the default: higher where the key contains `acc`. */
  mode?: 'auto' | 'min' | 'max';
  /** Smaller changes do not count. Default 0. */
  minDelta?: number;
}

/** Remembers the best value of a metric. NaN never improves on anything. */
export class Improvement {
  readonly monitor: string;
  private readonly sign: 1 | -1;
  private readonly minDelta: number;
  private least = Number.POSITIVE_INFINITY;

  constructor(owner: string, {monitor = 'val_loss', mode = 'auto', minDelta = 0}: ImprovementArgs) {
    if (typeof monitor !== 'string' || monitor === '') {
      throw invalid(owner, 'monitor', 'a key of `logs`', monitor);
    }
    oneOf(owner, 'mode', mode, ['auto', 'min', 'max']);
    this.monitor = monitor;
    this.sign = mode === 'max' || (mode === 'auto' && monitor.includes('acc')) ? -1 : 1;
    this.minDelta = nonNegative(owner, 'minDelta', minDelta);
  }

  /** The best value so far; undefined before the first. */
  get best(): number | undefined {
    return this.least === Number.POSITIVE_INFINITY ? undefined : this.sign * this.least;
  }

  /** Whether `value` is better than all before, by more than `minDelta`; it is then the best. */
  accepts(value: number): boolean {
    const signed = this.sign * value;
    if (!(signed < this.least - this.minDelta)) return false;
    this.least = signed;
    return true;
  }

  forget(): void {
    this.least = Number.POSITIVE_INFINITY;
  }
}
