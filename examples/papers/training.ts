import {setImmediate} from 'node:timers/promises';
import {Callback, type LayersModel, type Sequential} from '@tensorflow/tfjs-layers';
import {callbacks} from 'tfjs-discrete';
import type {Batches} from '../mnist/data/batches.js';
import {EvaluateOn, type EvaluateOnArgs} from './evaluateOn.js';
import {RenamedLogs} from './renamedLogs.js';
import type {History} from './results.js';
import {SaveUnfinished, type Unfinished} from './unfinished.js';

/** Told after each epoch how many are over. */
export type Report = (epochs: number) => void;

/** How `trainAndWatch` trains. */
export interface Training {
  readonly train: Batches;
  /** What chooses: checkpoints, temperatures, learning rates. */
  readonly validation: Batches;
  /** What only reports, into `test_loss` and so on. */
  readonly test?: Batches;
  /** Validates and tests by samples as well, into `val_sampled_loss`, `test_sampled_loss` and so on. */
  readonly sampled?: boolean;
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
  {train, validation, test, sampled, epochs, deadBelow, otherThresholds = [], ...rest}: Training,
): Promise<History> {
  const {report, callbacks: more = [], unfinished} = rest;
  const previous = unfinished?.previous?.history ?? {};
  const {history} = await model.fitDataset(train as never, {
    epochs,
    initialEpoch: unfinished?.previous?.epochs ?? 0,
    validationData: validation as never,
    callbacks: [
      callbacks.monitors({threshold: deadBelow}),
      ...otherThresholds.map(
        (threshold) =>
          new RenamedLogs(callbacks.deadUnits({threshold}), {deadUnits: `deadUnits<${threshold}`}),
      ),
      ...more,
      ...evaluations({validation, test, sampled}).map((args) => new EvaluateOn(model, args)),
      ...(unfinished ? [new SaveUnfinished(model, unfinished.folder, unfinished.every, previous)] : []),
      new Reporter(report),
    ],
    verbose: 0,
  });
  const keys = [...new Set([...Object.keys(previous), ...Object.keys(history)])];
  const whole = (key: string) => [...(previous[key] ?? []), ...((history as History)[key] ?? [])];
  return Object.fromEntries(keys.map((key) => [key, whole(key)]));
}

/** What is evaluated besides Keras's own validation. */
function evaluations({validation, test, sampled}: Pick<Training, 'validation' | 'test' | 'sampled'>) {
  const sampling = {evaluation: 'sample'} as const;
  const found: EvaluateOnArgs[] = [];
  if (sampled) found.push({batches: validation, prefix: 'val_sampled', ...sampling});
  if (test) found.push({batches: test, prefix: 'test'});
  if (test && sampled) found.push({batches: test, prefix: 'test_sampled', ...sampling});
  return found;
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
