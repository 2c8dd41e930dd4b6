import {dispose, type Tensor} from '@tensorflow/tfjs-core';
import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {Improvement, type ImprovementArgs} from './Improvement.js';
import {loggedValue} from './loggedValues.js';
import {mustBeInstance} from './mustBeInstance.js';

const OWNER = 'RestoreBestWeights';

/** Options of `callbacks.restoreBestWeights`. */
export type RestoreBestWeightsArgs = ImprovementArgs;

/**
 * Keeps the weights of the epoch with the best value of a metric, and puts them into the model when training ends. Together
 * with `tf.callbacks.earlyStopping`, it does what `restoreBestWeights: true` does in Keras.
 *
 * The optimizer's state stays that of the last step. Until training ends, the best weights take memory on the device.
 *
 * @throws If an option is out of its range or unknown, or `logs` lacks the metric.
 * @example
 * await model.fit(x, y, {epochs: 2, callbacks: [new RestoreBestWeights({monitor: 'loss'})]});
 */
export class RestoreBestWeights extends Callback {
  private readonly metric: Improvement;
  private best: Tensor[] = [];
  private epoch: number | undefined;

  constructor(args: RestoreBestWeightsArgs = {}) {
    super();
    checkOptions(OWNER, args, ['monitor', 'mode', 'minDelta']);
    this.metric = new Improvement(OWNER, args);
  }

  /** The epoch whose weights are kept, or were put back, counted from 0; undefined before the first. */
  get bestEpoch(): number | undefined {
    return this.epoch;
  }

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, RestoreBestWeights);
    this.metric.forget();
    this.epoch = undefined;
    this.release(); // onTrainEnd is not called when training throws.
  }

  override async onEpochEnd(epoch: number, logs?: UnresolvedLogs): Promise<void> {
    if (!this.metric.accepts(await loggedValue(OWNER, logs, this.metric.monitor))) return;
    this.release();
    this.epoch = epoch;
    // A clone shares memory until the weight moves on.
    this.best = this.model.getWeights().map((weight) => weight.clone());
  }

  override async onTrainEnd(): Promise<void> {
    if (this.best.length > 0) this.model.setWeights(this.best);
    this.release();
  }

  private release(): void {
    dispose(this.best);
    this.best = [];
  }
}
