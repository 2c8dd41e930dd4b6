import type {Tensor} from '@tensorflow/tfjs-core';
import {Callback, type Logs} from '@tensorflow/tfjs-layers';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid, oneOf} from '../functional/validate.js';
import {type EventWriter, type EventWriterFactory, installedEventWriter} from './EventWriter.js';
import {mustBeInstance} from './mustBeInstance.js';

const OWNER = 'TensorBoard';
const VALIDATION_PREFIX = 'val_';

/** Keys of `logs` that count samples and batches. */
const BOOKKEEPING = new Set(['batch', 'size', 'num_steps']);

/** Arguments of `callbacks.tensorBoard`. */
export interface TensorBoardArgs {
  /** When metrics are written: after every epoch, or after every batch and every epoch. */
  updateFreq?: 'epoch' | 'batch';
  /** Whether every epoch ends with a histogram of each trainable weight. */
  histograms?: boolean;
  /** Opens the writer of a folder; without it, TensorBoard's event files. */
  createWriter?: EventWriterFactory;
}

/**
 * Writes what `logs` hold for TensorBoard, in the layout of `tf.node.tensorBoard` and without tfjs-node.
 *
 * Keys `val_*` go to `<logDir>/val` without that prefix, the others to `<logDir>/train`: as
 * `epoch_<key>` at step `epoch + 1`, and with `updateFreq: 'batch'` as `batch_<key>` at the number of
 * batches seen. Weights go to `<logDir>/train` under their own names, at the epoch's step. Callbacks
 * that add keys to `logs` may stand before or after this one. Every call of `fit` starts
 * new files, beside those of earlier runs: a run that continues at `initialEpoch` continues the curves.
 * @example
 * const toTensorBoard = new TensorBoard('runs/1', {updateFreq: 'batch'});
 */
export class TensorBoard extends Callback {
  private readonly updateFreq: 'epoch' | 'batch';
  private readonly histograms: boolean;
  private createWriter: EventWriterFactory | undefined;
  private readonly writers = new Map<string, EventWriter>();
  private batchesSeen = 0;
  /** Logs that callbacks after this one may still add keys to. */
  private open: OpenLogs | undefined;

  /**
   * @param logDir Folder for the event files, created with the first event.
   * @throws if an argument is not what it should be; nothing is written then.
   */
  constructor(
    private readonly logDir: string,
    args: TensorBoardArgs = {},
  ) {
    super();
    checkOptions(OWNER, args, ['updateFreq', 'histograms', 'createWriter']);
    const {updateFreq = 'epoch', histograms = false, createWriter} = args;
    if (typeof logDir !== 'string' || logDir === '') {
      throw invalid(OWNER, 'logDir', 'a path', logDir);
    }
    if (typeof histograms !== 'boolean') throw invalid(OWNER, 'histograms', 'true or false', histograms);
    if (createWriter !== undefined && typeof createWriter !== 'function') {
      throw invalid(OWNER, 'createWriter', 'a function', createWriter);
    }
    this.updateFreq = oneOf(OWNER, 'updateFreq', updateFreq, ['epoch', 'batch']);
    this.histograms = histograms;
    this.createWriter = createWriter;
  }

  /** @throws where there is no file system and no `createWriter`. */
  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, TensorBoard);
    this.open = undefined;
    this.close(); // onTrainEnd is not called when training throws.
    this.createWriter ??= installedEventWriter() ?? (await eventFiles());
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    await this.writeLateKeys();
    if (this.batchesSeen === 0) this.batchesSeen = epoch * this.batchesPerEpoch();
  }

  override async onBatchBegin(): Promise<void> {
    await this.writeLateKeys();
  }

  override async onBatchEnd(_batch: number, logs?: Logs): Promise<void> {
    this.batchesSeen++;
    if (this.updateFreq === 'batch') await this.writeMetrics(logs, 'batch_', this.batchesSeen);
  }

  override async onEpochEnd(epoch: number, logs?: Logs): Promise<void> {
    await this.writeLateKeys();
    await this.writeMetrics(logs, 'epoch_', epoch + 1);
    if (this.histograms) await this.writeHistograms(epoch + 1);
    for (const writer of this.writers.values()) writer.flush();
  }

  override async onTrainEnd(): Promise<void> {
    await this.writeLateKeys();
    this.close();
  }

  private async writeMetrics(logs: Logs = {}, prefix: string, step: number): Promise<void> {
    const open = {logs, prefix, step, written: new Set(BOOKKEEPING)};
    await this.writeNewKeys(open);
    this.open = open;
  }

  /** Callbacks after this one in the array have added their keys by the time the next hook is called. */
  private async writeLateKeys(): Promise<void> {
    const late = this.open;
    this.open = undefined;
    if (late !== undefined) await this.writeNewKeys(late);
  }

  private async writeNewKeys({logs, prefix, step, written}: OpenLogs): Promise<void> {
    const keys = Object.keys(logs).filter((key) => !written.has(key) && !isDisposed(logs[key]));
    const values = await Promise.all(keys.map((key) => toNumber(key, logs[key])));
    keys.forEach((key, i) => {
      written.add(key);
      const validation = key.startsWith(VALIDATION_PREFIX);
      const tag = prefix + (validation ? key.slice(VALIDATION_PREFIX.length) : key);
      this.writer(validation ? 'val' : 'train').scalar(tag, values[i]!, step);
    });
  }

  private async writeHistograms(step: number): Promise<void> {
    for (const weight of this.model.trainableWeights) {
      this.writer('train').histogram(weight.name, await weight.read().data(), step);
    }
  }

  private writer(folder: 'train' | 'val'): EventWriter {
    let writer = this.writers.get(folder);
    if (writer === undefined) {
      writer = this.createWriter!(`${this.logDir.replace(/[/\\]+$/, '')}/${folder}`);
      this.writers.set(folder, writer);
    }
    return writer;
  }

  /** As far as `fit` knows it; 0 for a dataset of unknown length. */
  private batchesPerEpoch(): number {
    const {samples, batchSize, steps} = this.params as Record<string, number | undefined>;
    return samples && batchSize ? Math.ceil(samples / batchSize) : (steps ?? 0);
  }

  private close(): void {
    for (const writer of this.writers.values()) writer.close();
    this.writers.clear();
  }
}

interface OpenLogs {
  readonly logs: Logs;
  readonly prefix: string;
  readonly step: number;
  readonly written: Set<string>;
}

/** TensorFlow.js disposes the scalars of a batch's logs when all callbacks have seen them. */
const isDisposed = (value: unknown) => (value as Partial<Tensor> | null)?.isDisposed === true;

async function eventFiles(): Promise<EventWriterFactory> {
  const {eventFiles} = await import('./eventFile.js');
  return eventFiles();
}

/** @throws if `value` is neither a number nor a tensor of one element. */
async function toNumber(key: string, value: unknown): Promise<number> {
  if (typeof value === 'number') return value;
  const tensor = value as Tensor | null | undefined;
  if (typeof tensor?.data === 'function' && tensor.size === 1) return (await tensor.data())[0]!;
  throw invalid(OWNER, `logs['${key}']`, 'a number or a scalar', value);
}
