import type {Optimizer} from '@tensorflow/tfjs-core';
import type {Schedule} from '../functional/schedules.js';
import {invalid} from '../functional/validate.js';

/** What optimizers have, though TensorFlow.js's declarations hide most of it. */
interface HasRate {
  learningRate: number;
  /** SGD and Momentum keep the rate as a tensor, which this renews. */
  setLearningRate?(rate: number): void;
  /** This package's optimizers: the schedule that the rate follows. */
  readonly schedule?: Schedule | undefined;
}

/** @throws If the optimizer has no learning rate. */
export function learningRateOf(owner: string, optimizer: Optimizer): number {
  const {learningRate} = optimizer as unknown as HasRate;
  if (typeof learningRate === 'number') return learningRate;
  throw invalid(owner, 'model.optimizer', 'an optimizer with a learning rate', optimizer.getClassName());
}

/** Sets the learning rate of any optimizer of this package or TensorFlow.js's, in place of a schedule it may follow. */
export function setLearningRate(optimizer: Optimizer, rate: number): void {
  const it = optimizer as unknown as HasRate;
  if (typeof it.setLearningRate === 'function') it.setLearningRate(rate);
  else it.learningRate = rate;
}

/** The schedule that an optimizer of this package follows, if any. */
export function scheduleOf(optimizer: Optimizer): Schedule | undefined {
  return (optimizer as unknown as HasRate).schedule;
}
