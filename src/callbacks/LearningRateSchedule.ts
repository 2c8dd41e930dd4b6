import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {checkSchedule, type Schedule} from '../functional/schedules.js';
import {invalid, nonNegative, oneOf} from '../functional/validate.js';
import {learningRateOf, scheduleOf, setLearningRate} from './learningRate.js';
import {mustBeInstance} from './mustBeInstance.js';

const OWNER = 'LearningRateSchedule';

/** Options of `callbacks.learningRateSchedule`. */
export interface LearningRateScheduleArgs {
  /** Whether the schedule's time is the epoch, or the optimizer's step, both counted from 0. Default `epoch`. */
  unit?: 'epoch' | 'step';
}

/**
 * Sets the learning rate of any optimizer, TensorFlow.js's included, at the beginning of each epoch or step, and writes it
 * into `logs` as `learningRate`.
 *
 * Steps are counted by the optimizer, so that a continued run continues the schedule. This package's own optimizers take
 * a schedule themselves: `optimizers.adam({learningRate: schedule})`.
 *
 * @throws If `schedule` is not a function, an option is unknown, the optimizer follows a schedule of its own, or the
 *   schedule gives a value that is not a finite number >= 0.
 * @example
 * await model.fit(x, y, {callbacks: [new LearningRateSchedule(functional.schedules.constant(1e-3))]});
 */
export class LearningRateSchedule extends Callback {
  private readonly unit: 'epoch' | 'step';

  constructor(
    private readonly schedule: Schedule,
    args: LearningRateScheduleArgs = {},
  ) {
    super();
    checkSchedule(OWNER, 'schedule', schedule);
    checkOptions(OWNER, args, ['unit']);
    this.unit = oneOf(OWNER, 'unit', args.unit ?? 'epoch', ['epoch', 'step']);
  }

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, LearningRateSchedule);
    const {optimizer} = this.model;
    learningRateOf(OWNER, optimizer);
    if (scheduleOf(optimizer) !== undefined) {
      throw invalid(
        OWNER,
        'model.optimizer',
        'an optimizer without a schedule of its own',
        optimizer.getClassName(),
      );
    }
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (this.unit === 'epoch') this.set(epoch);
  }

  override async onBatchBegin(): Promise<void> {
    if (this.unit === 'step') this.set(this.model.optimizer.iterations);
  }

  override async onEpochEnd(_epoch: number, logs?: UnresolvedLogs): Promise<void> {
    if (logs !== undefined) logs.learningRate = learningRateOf(OWNER, this.model.optimizer);
  }

  private set(time: number): void {
    setLearningRate(this.model.optimizer, nonNegative(OWNER, 'schedule', this.schedule(time)));
  }
}
