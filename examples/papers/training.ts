import {setImmediate} from 'node:timers/promises';
import {Callback, type LayersModel, type Sequential} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {callbacks} from 'tfjs-discrete';
import type {Batches} from '../mnist/data/batches.js';
import type {History} from './results.js';
import {SaveUnfinished, type Unfinished} from './unfinished.js';

/** Told after each epoch how many are over. */
export type Report = (epochs: number) => void;

/** How `trainAndWatch` trains. */
export interface Training {
  readonly train: Batches;
  readonly test: Batches;
  readonly epochs: number;
  /** A unit counts as dead below this mean |dL/dlogit| of a sample. */
  readonly deadBelow: number;
  /** Further such thresholds; dead units below them go into `deadUnits<threshold>`. */
  readonly otherThresholds?: readonly number[];
  readonly report: Report;
  /** Callbacks that see `logs` before the history does. */
  readonly callbacks?: readonly Callback[];
  /** Where to keep a long run, every how many epochs, and what was found there. */
  readonly unfinished?: {readonly folder: string; readonly every: number; readonly previous?: Unfinished};
}

/** Trains a compiled model and returns each epoch's figures, the monitors' among them. */
export async function trainAndWatch(
  model: LayersModel | Sequential,
  {train, test, epochs, deadBelow, otherThresholds = [], report, callbacks: more = [], unfinished}: Training,
): Promise<History> {
  const previous = unfinished?.previous?.history ?? {};
  const {history} = await model.fitDataset(train as never, {
    epochs,
    initialEpoch: unfinished?.previous?.epochs ?? 0,
    validationData: test as never,
    callbacks: [
      callbacks.monitors({threshold: deadBelow}),
      ...otherThresholds.map((threshold) => new DeadBelow(threshold)),
      ...more,
      ...(unfinished ? [new SaveUnfinished(model, unfinished.folder, unfinished.every, previous)] : []),
      new Reporter(report),
    ],
    verbose: 0,
  });
  const keys = [...new Set([...Object.keys(previous), ...Object.keys(history)])];
  const whole = (key: string) => [...(previous[key] ?? []), ...((history as History)[key] ?? [])];
  return Object.fromEntries(keys.map((key) => [key, whole(key)]));
}

/** Frees a model and its optimizer, which the model itself leaves alone when it was given an instance. */
export function disposeModel(model: LayersModel | Sequential): void {
  model.optimizer.dispose();
  model.dispose();
}

class Reporter extends Callback {
  constructor(private readonly report: Report) {
    super();
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    this.report(epoch + 1);
    await setImmediate(); // training alone never lets the process hear that its parent is gone
  }
}

/** Counts dead units by another threshold, under another key. */
class DeadBelow extends Callback {
  private readonly counter: Callback;

  constructor(private readonly threshold: number) {
    super();
    this.counter = callbacks.deadUnits({threshold});
  }

  override setModel(model: Parameters<Callback['setModel']>[0]): void {
    super.setModel(model);
    this.counter.setModel(model);
  }

  override async onTrainBegin(): Promise<void> {
    await this.counter.onTrainBegin();
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    await this.counter.onEpochBegin(epoch);
  }

  override async onEpochEnd(epoch: number, logs: UnresolvedLogs): Promise<void> {
    const own: UnresolvedLogs = {};
    await this.counter.onEpochEnd(epoch, own);
    logs[`deadUnits<${this.threshold}`] = own.deadUnits!;
  }

  override async onTrainEnd(): Promise<void> {
    await this.counter.onTrainEnd();
  }
}
