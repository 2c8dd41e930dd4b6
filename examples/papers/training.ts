import {Callback, type LayersModel, type Sequential} from '@tensorflow/tfjs-layers';
import {callbacks} from 'tfjs-discrete';
import type {Batches} from '../mnist/data/batches.js';
import type {History} from './results.js';

/** Told after each epoch how many are over. */
export type Report = (epochs: number) => void;

/** How `trainAndWatch` trains. */
export interface Training {
  readonly train: Batches;
  readonly test: Batches;
  readonly epochs: number;
  /** A unit counts as dead below this mean |dL/dlogit| of a sample. */
  readonly deadBelow: number;
  readonly report: Report;
  /** Callbacks that see `logs` before the history does. */
  readonly callbacks?: readonly Callback[];
}

/** Trains a compiled model and returns each epoch's figures, the monitors' among them. */
export async function trainAndWatch(
  model: LayersModel | Sequential,
  {train, test, epochs, deadBelow, report, callbacks: more = []}: Training,
): Promise<History> {
  const {history} = await model.fitDataset(train as never, {
    epochs,
    validationData: test as never,
    callbacks: [callbacks.monitors({threshold: deadBelow}), ...more, new Reporter(report)],
    verbose: 0,
  });
  return history as History;
}

class Reporter extends Callback {
  constructor(private readonly report: Report) {
    super();
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    this.report(epoch + 1);
  }
}
