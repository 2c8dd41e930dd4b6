import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {scale} from '../functional/schedules.js';
import {invalid, nonNegative, wholeNumber} from '../functional/validate.js';
import {stoppedRun} from './checkpoint/resumedRuns.js';
import {Improvement, type ImprovementArgs} from './Improvement.js';
import {learningRateOf, scheduleOf, setLearningRate} from './learningRate.js';
import {loggedValue} from './loggedValues.js';
import {mustBeInstance} from './mustBeInstance.js';

const OWNER = 'ReduceLROnPlateau';

/** Options of `callbacks.reduceLROnPlateau`. */
export interface ReduceLROnPlateauArgs extends ImprovementArgs {
  /** What the learning rate is multiplied by, between 0 and 1. Default 0.1. */
  factor?: number;
  /** Epochs without improvement before the rate is reduced. Default 10. */
  patience?: number;
  /** Epochs after a reduction that do not count. Default 0. */
  cooldown?: number;
  /** The rate is never reduced below this. Default 0. */
  minLearningRate?: number;
}

/**
 * Reduces the learning rate when a metric has stopped improving, as Keras's callback of that name, and writes the rate of
 * each epoch into `logs` as `learningRate`. `minDelta` is 1e-4 by default.
 *
 * An optimizer that follows a schedule follows it scaled from then on.
 *
 * @throws If an option is out of its range or unknown, `logs` lacks the metric, or `minLearningRate` is given and the
 *   optimizer follows a schedule.
 * @example
 * await model.fit(x, y, {callbacks: [new ReduceLROnPlateau({monitor: 'loss', patience: 2})]});
 */
export class ReduceLROnPlateau extends Callback {
  private readonly metric: Improvement;
  private readonly factor: number;
  private readonly patience: number;
  private readonly cooldown: number;
  private readonly minLearningRate: number;
  private waited = 0;
  private cooling = 0;
  /** Whether an epoch has begun. */
  private begun = false;

  constructor(args: ReduceLROnPlateauArgs = {}) {
    super();
    const names = ['factor', 'patience', 'cooldown', 'minLearningRate', 'monitor', 'mode', 'minDelta'];
    checkOptions(OWNER, args, names);
    const {factor = 0.1, patience = 10, cooldown = 0, minLearningRate = 0, minDelta = 1e-4} = args;
    if (!(typeof factor === 'number' && factor > 0 && factor < 1)) {
      throw invalid(OWNER, 'factor', 'a number between 0 and 1', factor);
    }
    this.metric = new Improvement(OWNER, {...args, minDelta});
    this.factor = factor;
    this.patience = wholeNumber(OWNER, 'patience', patience, 0);
    this.cooldown = wholeNumber(OWNER, 'cooldown', cooldown, 0);
    this.minLearningRate = nonNegative(OWNER, 'minLearningRate', minLearningRate);
  }

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, ReduceLROnPlateau);
    const {optimizer} = this.model;
    learningRateOf(OWNER, optimizer);
    if (this.minLearningRate > 0 && scheduleOf(optimizer) !== undefined) {
      const requirement = 'left out where the optimizer follows a schedule';
      throw invalid(OWNER, 'minLearningRate', requirement, this.minLearningRate);
    }
    this.metric.forget();
    this.waited = 0;
    this.cooling = 0;
    this.begun = false;
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (this.begun) return;
    this.begun = true;
    const run = stoppedRun(this.model);
    if (run?.epoch !== epoch) return;
    // A resumed run counts the epochs since its last improvement as if it had never stopped.
    for (const value of run.history[this.metric.monitor] ?? []) this.isDue(value);
  }

  override async onEpochEnd(_epoch: number, logs?: UnresolvedLogs): Promise<void> {
    const value = await loggedValue(OWNER, logs, this.metric.monitor);
    logs!.learningRate = learningRateOf(OWNER, this.model.optimizer);
    if (this.isDue(value)) this.reduce();
  }

  /** Whether the rate is to be reduced after an epoch with this value of the metric. */
  private isDue(value: number): boolean {
    if (this.cooling > 0) {
      this.cooling--;
      this.waited = 0;
    }
    if (this.metric.accepts(value)) this.waited = 0;
    else if (this.cooling === 0) this.waited++;
    if (this.waited < Math.max(1, this.patience)) return false;
    this.cooling = this.cooldown;
    this.waited = 0;
    return true;
  }

  private reduce(): void {
    const {optimizer} = this.model;
    const schedule = scheduleOf(optimizer);
    if (schedule !== undefined) {
      (optimizer as unknown as {learningRate: unknown}).learningRate = scale(schedule, this.factor);
      return;
    }
    const rate = learningRateOf(OWNER, optimizer);
    setLearningRate(optimizer, Math.min(rate, Math.max(rate * this.factor, this.minLearningRate)));
  }
}
