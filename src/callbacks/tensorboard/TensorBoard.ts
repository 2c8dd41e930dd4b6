import type {Tensor} from '@tensorflow/tfjs-core';
import {Callback, type LayersModel, type Logs} from '@tensorflow/tfjs-layers';
import {checkOptions} from '../../functional/checkOptions.js';
import {GATE_NAMES} from '../../functional/gates.js';
import {invalid, oneOf} from '../../functional/validate.js';
import {everyLayer} from '../../layers/everyLayer.js';
import type {ObservableLayer} from '../../layers/UnitObserver.js';
import {mustBeInstance} from '../mustBeInstance.js';
import {reportsUsage, UsageStatistic} from '../UsageStatistic.js';
import {type EventWriter, type EventWriterFactory, installedEventWriter} from './EventWriter.js';
import type {Bucket} from './histogram.js';
import {configText, summaryText} from './modelText.js';

const OWNER = 'TensorBoard';
const VALIDATION_PREFIX = 'val_';

/** Keys of `logs` that count samples and batches. */
const BOOKKEEPING = new Set(['batch', 'size', 'num_steps']);

/** Arguments of `callbacks.tensorBoard`. */
export interface TensorBoardArgs {
  /** When metrics are written: after every epoch, or after every batch and every epoch. */
  updateFreq?: 'epoch' | 'batch';
  /**
   * Whether every epoch ends with a histogram of each trainable weight, and of how often each layer of discrete units used
   * its categories, codes or gates. Default false.
   */
  histograms?: boolean;
  /** Opens the writer of a folder; without it, TensorBoard's event files. */
  createWriter?: EventWriterFactory;
}

/**
 * Writes what `logs` hold for TensorBoard, in the layout of `tf.node.tensorBoard` and without tfjs-node.
 *
 * - Scalars: keys `val_*` go to `<logDir>/val` without that prefix, the others to `<logDir>/train`, as `epoch_<key>` at step
 *   `epoch + 1` and, with `updateFreq: 'batch'`, as `batch_<key>` at the number of batches seen. Beside them `epoch_learningRate`,
 *   `epoch_forwardTemperature/<layer>` and `epoch_backwardTemperature/<layer>`, at the epoch's end.
 * - Histograms, on demand: each trainable weight under the name that it was made with, and `usage/<layer>`: how often each category,
 *   code or gate was used, by its index, over all groups. With up to 16 of them the shares are scalars, too, in percent:
 *   `epoch_usage/<layer>/<category>`, where a gate goes by its name.
 * - Text: `summary`, the table of `discreteSummary`, and `config`.
 *
 * Callbacks that add keys to `logs` may stand before or after this one. A run that continues at `initialEpoch` continues the
 * curves in new files; any other run in the same `logDir` gets a folder of its own, `<logDir>/run2` and so on. Events are on
 * the disk when an epoch ends, and whenever the process ends by itself.
 *
 * @example
 * const toTensorBoard = new TensorBoard('runs/1', {updateFreq: 'batch'});
 */
export class TensorBoard extends Callback {
  private readonly updateFreq: 'epoch' | 'batch';
  private readonly histograms: boolean;
  private createWriter: EventWriterFactory | undefined;
  private readonly writers = new Map<string, EventWriter>();
  private batchesSeen = 0;
  /** Folder of this run; undefined until its first epoch begins. */
  private folder: string | undefined;
  private watched: {layer: ObservableLayer; statistic: UsageStatistic; stop: () => void}[] = [];
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
    this.folder = undefined;
    this.batchesSeen = 0;
    if (this.histograms) this.watchUsage();
    this.createWriter ??= installedEventWriter() ?? (await eventFiles());
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    await this.writeLateKeys();
    if (this.folder === undefined) this.beginRun(epoch);
    for (const {statistic} of this.watched) statistic.clear();
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
    for (const [key, value] of Object.entries(settingsOf(this.model))) {
      if (this.open?.written.has(key)) continue;
      this.open?.written.add(key);
      this.writer('train').scalar(`epoch_${key}`, value, epoch + 1);
    }
    if (this.histograms) await this.writeHistograms(epoch + 1);
    if (this.histograms) await this.writeUsage(epoch + 1);
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

  private beginRun(epoch: number): void {
    const logDir = this.logDir.replace(/[/\\]+$/, '');
    this.folder = this.createWriter?.runFolder?.(logDir, epoch > 0) ?? logDir;
    if (epoch > 0) return;
    const writer = this.writer('train');
    writer.text?.('summary', summaryText(this.model), 0);
    writer.text?.('config', configText(this.model), 0);
  }

  private watchUsage(): void {
    this.watched = (everyLayer(this.model) as object[]).filter(reportsUsage).map((layer) => {
      const statistic = new UsageStatistic();
      return {layer, statistic, stop: layer.observe(statistic)};
    });
  }

  private async writeUsage(step: number): Promise<void> {
    for (const {layer, statistic} of this.watched) {
      const groups = await statistic.countsOf(layer);
      if (groups === undefined) continue;
      const counts = groups[0]!.map((_, i) => groups.reduce((sum, group) => sum + (group[i] ?? 0), 0));
      this.writer('train').buckets?.(`usage/${layer.name}`, bucketsOf(counts), step);
      this.writeShares(layer, counts, step);
    }
  }

  /** A curve for each category, in percent of all uses: bars of a histogram do not show which one a layer gives up. */
  private writeShares(layer: ObservableLayer, counts: readonly number[], step: number): void {
    if (counts.length > MOST_SHARES) return;
    const total = counts.reduce((sum, count) => sum + count, 0);
    const names = 'gateModes' in layer ? GATE_NAMES : counts.map((_, category) => String(category));
    counts.forEach((count, category) => {
      const tag = `epoch_usage/${layer.name}/${names[category]}`;
      this.writer('train').scalar(tag, (100 * count) / total, step);
    });
  }

  private async writeHistograms(step: number): Promise<void> {
    const weights = this.model.trainableWeights;
    const tags = tagsOf(weights);
    for (const [i, weight] of weights.entries()) {
      this.writer('train').histogram(tags[i]!, await weight.read().data(), step);
    }
  }

  private writer(folder: 'train' | 'val'): EventWriter {
    let writer = this.writers.get(folder);
    if (writer === undefined) {
      writer = this.createWriter!(`${this.folder ?? this.logDir}/${folder}`);
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
    for (const {stop, statistic} of this.watched) {
      stop();
      statistic.clear();
    }
    this.watched = [];
  }
}

/** The learning rate and every layer's temperatures, by the keys under which they are shown. */
function settingsOf(model: LayersModel): Record<string, number> {
  const rate = (model.optimizer as {learningRate?: unknown} | undefined)?.learningRate;
  const settings: Record<string, number> = typeof rate === 'number' ? {learningRate: rate} : {};
  for (const layer of everyLayer(model)) {
    for (const key of ['forwardTemperature', 'backwardTemperature'] as const) {
      const temperature = (layer as unknown as Record<string, unknown>)[key];
      if (typeof temperature === 'number') settings[`${key}/${layer.name}`] = temperature;
    }
  }
  return settings;
}

/**
 * The name that each weight was made with. Weights' own names are unique within the process, so that those of a second model
 * end in `_1`: TensorBoard would show the runs of a search in charts of their own.
 */
function tagsOf(weights: LayersModel['trainableWeights']): string[] {
  const names = weights.map(({originalName}) => originalName);
  const isUnique = (name: string) => names.indexOf(name) === names.lastIndexOf(name);
  return weights.map(({name, originalName}) => (isUnique(originalName) ? originalName : name));
}

/** Curves per layer: as many as there are gates. */
const MOST_SHARES = 16;

/** TensorBoard shows this many bars at most without getting slow. */
const MOST_BUCKETS = 128;

/** A bar of width 1 around each index; neighbours share a bar where there are too many. */
function bucketsOf(counts: readonly number[]): Bucket[] {
  const width = Math.ceil(counts.length / MOST_BUCKETS);
  return Array.from({length: Math.ceil(counts.length / width)}, (_, i): Bucket => {
    const inside = counts.slice(i * width, (i + 1) * width);
    return [i * width - 0.5, i * width + inside.length - 0.5, inside.reduce((sum, count) => sum + count, 0)];
  });
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
