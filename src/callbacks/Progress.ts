import {add, mul, type Tensor} from '@tensorflow/tfjs-core';
import {Callback, type Logs} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid, oneOf} from '../functional/validate.js';
import {Accumulator} from './Accumulator.js';
import {mustBeInstance} from './mustBeInstance.js';

const OWNER = 'Progress';

/** The running loss is read from the device this often at most, in milliseconds: reading waits for the device. */
const READ_EVERY = 100;

const DISPLAYS = ['auto', 'bar', 'lines', 'none'] as const;

/** How progress is shown: a bar, a line per epoch, or not at all. */
export type ProgressDisplay = (typeof DISPLAYS)[number];

/** Arguments of `callbacks.progress`. */
export interface ProgressArgs {
  /**
   * `'auto'` (default): a bar where stderr is a terminal, in Node otherwise a line per epoch on stdout, in a page nothing.
   */
  display?: ProgressDisplay;
  /** Called with every event; the same events go to `events`. */
  onProgress?: (event: TrainingProgress) => void;
}

/** Where training stands. */
export interface TrainingProgress {
  /** After a batch (at most ten times a second), after an epoch, or at the end of training. */
  readonly type: 'batch' | 'epoch' | 'end';
  /** Counted from 1. */
  readonly epoch: number;
  /** Epochs in all. */
  readonly epochs: number;
  /** Batches of this epoch that are done. */
  readonly batch: number;
  /** Batches per epoch; undefined for a data set of unknown length in its first epoch. */
  readonly batches: number | undefined;
  /** Mean loss over the samples of this epoch so far. */
  readonly loss: number | undefined;
  /** Seconds since this epoch began. */
  readonly seconds: number;
  /** Estimated seconds to the end of this epoch. */
  readonly secondsLeft: number | undefined;
  /** After an epoch: all that callbacks and training have logged. */
  readonly logs?: Readonly<Record<string, number>>;
}

/** Shows progress to a person. */
export interface ProgressView {
  show(progress: TrainingProgress): void;
  /** Training has ended, or broken off. */
  close(): void;
}

/**
 * Shows how training goes on: a bar with batch, running loss and time left on a terminal, a line per epoch elsewhere, and
 * events in a page.
 *
 * The line of an epoch holds what all callbacks have logged, whatever their order: it is written when the next hook is
 * called. The loss is averaged on the device and read at most ten times a second.
 *
 * @throws If an option is unknown, `display` is not one of the four, or `onProgress` is not a function.
 * @example
 * const progress = new Progress({display: 'none', onProgress: ({epoch, loss}) => console.log(epoch, loss)});
 * progress.events.addEventListener('epoch', (event) => (event as CustomEvent).detail.logs);
 * await model.fit(x, y, {epochs: 2, callbacks: [progress, callbacks.monitors()]});
 */
export class Progress extends Callback {
  /** Dispatches `batch`, `epoch` and `end`, each a `CustomEvent` with a `TrainingProgress` as its `detail`. */
  readonly events = new EventTarget();
  private readonly display: ProgressDisplay;
  private readonly onProgress: ((event: TrainingProgress) => void) | undefined;
  private view: ProgressView | undefined;
  private readonly losses = new Accumulator();
  private loss = {sum: 0, samples: 0};
  private epoch = 0;
  private batch = 0;
  private batches: number | undefined;
  private began = 0;
  private lastRead = 0;
  /** Logs of an epoch that is over, to which later callbacks may still add. */
  private finished: {logs: UnresolvedLogs; progress: TrainingProgress} | undefined;

  constructor(args: ProgressArgs = {}) {
    super();
    checkOptions(OWNER, args, ['display', 'onProgress']);
    const {display = 'auto', onProgress} = args;
    this.display = oneOf(OWNER, 'display', display, DISPLAYS);
    if (onProgress !== undefined && typeof onProgress !== 'function') {
      throw invalid(OWNER, 'onProgress', 'a function', onProgress);
    }
    this.onProgress = onProgress;
  }

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, Progress);
    this.reset();
    this.finished = undefined;
    this.view?.close(); // training that threw never came to its end
    this.view = await createView(this.display);
    this.batches = this.knownBatches();
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    await this.finishEpoch();
    this.reset();
    this.epoch = epoch + 1;
    this.began = this.lastRead = performance.now();
    this.emit(this.now('batch'));
  }

  override async onBatchEnd(batch: number, logs: UnresolvedLogs = {}): Promise<void> {
    this.batch = batch + 1;
    this.addLoss(logs.loss, Number(logs.size ?? 1));
    if (performance.now() - this.lastRead < READ_EVERY) return;
    await this.readLoss();
    this.lastRead = performance.now();
    this.emit(this.now('batch'));
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs = {}): Promise<void> {
    await this.readLoss();
    this.batches = this.batch;
    this.finished = {logs, progress: this.now('epoch')};
  }

  override async onTrainEnd(): Promise<void> {
    await this.finishEpoch();
    this.emit(this.now('end'));
    this.view?.close();
    this.view = undefined;
    this.losses.clear();
  }

  private async finishEpoch(): Promise<void> {
    const {finished} = this;
    this.finished = undefined;
    if (finished === undefined) return;
    const logs = await numbersOf(finished.logs);
    this.emit({...finished.progress, loss: logs.loss ?? finished.progress.loss, logs});
  }

  private addLoss(loss: unknown, size: number): void {
    this.loss.samples += size;
    if (typeof loss === 'number') this.loss.sum += loss * size;
    else if (loss !== undefined) {
      this.losses.accumulate((previous) => {
        const term = mul(loss as Tensor, size);
        return previous === undefined ? term : add(previous, term);
      });
    }
  }

  private async readLoss(): Promise<void> {
    const sum = await this.losses.read();
    this.loss.sum += sum?.[0] ?? 0;
  }

  private reset(): void {
    this.losses.clear();
    this.loss = {sum: 0, samples: 0};
    this.batch = 0;
  }

  private now(type: TrainingProgress['type']): TrainingProgress {
    const {epoch, batch, batches, loss} = this;
    const seconds = (performance.now() - this.began) / 1000;
    return {
      type,
      epoch,
      epochs: Number((this.params as {epochs?: number}).epochs ?? epoch),
      batch,
      batches,
      loss: loss.samples > 0 ? loss.sum / loss.samples : undefined,
      seconds,
      secondsLeft: batches === undefined || batch === 0 ? undefined : (seconds / batch) * (batches - batch),
    };
  }

  private emit(progress: TrainingProgress): void {
    this.view?.show(progress);
    this.onProgress?.(progress);
    this.events.dispatchEvent(new CustomEvent(progress.type, {detail: progress}));
  }

  /** As far as `fit` knows it; undefined for a data set of unknown length. */
  private knownBatches(): number | undefined {
    const {samples, batchSize, steps} = this.params as Record<string, number | undefined>;
    const batches = samples && batchSize ? Math.ceil(samples / batchSize) : steps;
    return batches !== undefined && batches > 0 && Number.isFinite(batches) ? batches : undefined;
  }
}

/** The values in `logs` as numbers. */
async function numbersOf(logs: UnresolvedLogs): Promise<Logs> {
  const entries = Object.entries(logs).map(async ([key, value]): Promise<[string, number]> => {
    return [key, typeof value === 'number' ? value : (await value.data())[0]!];
  });
  return Object.fromEntries(await Promise.all(entries));
}

const isNode = () => typeof process !== 'undefined' && process.versions?.node !== undefined;

/** In a page nothing is shown, and none of what shows it is loaded. */
async function createView(display: ProgressDisplay): Promise<ProgressView | undefined> {
  if (display === 'none' || !isNode()) return undefined;
  const {progressView} = await import('./progressView.js');
  return progressView(display);
}
