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
  /** Further such bounds; dead units below them go into `deadUnits<bound>`. */
  readonly alsoBelow?: readonly number[];
  readonly report: Report;
  /** Callbacks that see `logs` before the history does. */
  readonly callbacks?: readonly Callback[];
  /** Where to keep a long run, every how many epochs, and what was found there. */
  readonly unfinished?: {readonly folder: string; readonly every: number; readonly former?: Unfinished};
}

/** Trains a compiled model and returns each epoch's figures, the monitors' among them. */
export async function trainAndWatch(
  model: LayersModel | Sequential,
  {train, test, epochs, deadBelow, alsoBelow = [], report, callbacks: more = [], unfinished}: Training,
): Promise<History> {
  const former = unfinished?.former?.history ?? {};
  const {history} = await model.fitDataset(train as never, {
    epochs,
    initialEpoch: unfinished?.former?.epochs ?? 0,
    validationData: test as never,
    callbacks: [
      callbacks.monitors({threshold: deadBelow}),
      ...alsoBelow.map((bound) => new DeadBelow(bound)),
      ...more,
      ...(unfinished ? [new SaveUnfinished(model, unfinished.folder, unfinished.every, former)] : []),
      new Reporter(report),
    ],
    verbose: 0,
  });
  const keys = [...new Set([...Object.keys(former), ...Object.keys(history)])];
  const whole = (key: string) => [...(former[key] ?? []), ...((history as History)[key] ?? [])];
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

/** Counts dead units by another bound, under another key. */
class DeadBelow extends Callback {
  private readonly counter: Callback;

  constructor(private readonly bound: number) {
    super();
    this.counter = callbacks.deadUnits({threshold: bound});
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
    logs[`deadUnits<${this.bound}`] = own.deadUnits!;
  }

  override async onTrainEnd(): Promise<void> {
    await this.counter.onTrainEnd();
  }
}
