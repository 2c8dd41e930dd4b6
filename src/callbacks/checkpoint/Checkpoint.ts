import {add, dispose, div, io, keep, mul, scalar, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {Callback, type LayersModel} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../../functional/checkOptions.js';
import {invalid, wholeNumber} from '../../functional/validate.js';
import {Improvement, type ImprovementArgs} from '../Improvement.js';
import {loggedValue, loggedValues} from '../loggedValues.js';
import {mustBeInstance} from '../mustBeInstance.js';
import {type CheckpointStore, checkpointName, stepOf} from './CheckpointStore.js';
import {type CheckpointState, encodeCheckpoint, type Names, type PartialEpoch} from './checkpointFile.js';
import {rememberRun, type StoppedRun, stoppedRun} from './resumedRuns.js';
import {type Position, ShuffledBatches} from './ShuffledBatches.js';

const OWNER = 'Checkpoint';

/** Options of `callbacks.checkpoint`. */
export interface CheckpointArgs extends ImprovementArgs {
  /** Saves only after epochs in which the metric improved. Default false. */
  saveBestOnly?: boolean;
  /** How many checkpoints to keep; with `monitor`, the best one besides. Default 2. */
  keep?: number;
  /** Saves within epochs too, each time the optimizer's steps are a multiple of this. Requires `batches`. */
  everySteps?: number;
  /** What `fitDataset` trains on: a resumed run then continues with the same batches, even in the middle of an epoch. */
  batches?: ShuffledBatches;
}

const OPTIONS = [...['saveBestOnly', 'keep', 'everySteps', 'batches'], ...['monitor', 'mode', 'minDelta']];

/** What TensorFlow.js's declarations hide of a model. */
interface TrainedModel {
  readonly history?: {history: Record<string, unknown[]>; epoch: number[]};
  readonly loss: unknown;
  readonly metrics: unknown;
}

/**
 * Saves a run after every epoch, or every few steps, so that `resume` continues it as if it had never stopped: weights,
 * optimizer, epoch, step, random streams of the layers, temperatures, learning rate and its schedule, and the History.
 *
 * A checkpoint is one file, written aside, synced and renamed: whenever the process dies, the latest whole checkpoint is
 * there. In a page it lies in IndexedDB under the key `dir`.
 *
 * The final weights are bit-identical to those of an uninterrupted run where the order of samples can be repeated: with
 * `fitDataset` on `shuffledBatches`, given as `batches`, or with `fit` and `shuffle: false`. `fit` resumes at the epoch's
 * beginning. What comes from `Math.random` is not repeated, `setSeed` or not: shuffling in `fit`, and the masks of TensorFlow.js's
 * dropout. Stands last among the callbacks: metrics added after it are missing from the saved History. What monitors
 * collected of an unfinished epoch is not saved; their values of that epoch are about the rest of it.
 *
 * @throws If an option is out of its range or unknown, the folder cannot be written to or holds checkpoints of a run that
 *   was not resumed, the optimizer cannot be saved, or a resumed run begins at another epoch or with other batches.
 * @example
 * const saving = new Checkpoint('runs/digits', {keep: 3});
 */
export class Checkpoint extends Callback {
  private readonly metric: Improvement | undefined;
  private readonly saveBestOnly: boolean;
  private readonly kept: number;
  private readonly everySteps: number | undefined;
  private readonly batches: ShuffledBatches | undefined;
  private store: CheckpointStore | undefined;
  /** Until the first epoch has begun. */
  private resumed: StoppedRun | undefined;
  private history: Record<string, number[]> = {};
  private epochs: number[] = [];
  private best: CheckpointState['best'];
  private epoch = 0;
  private batch = 0;
  /** Sums of the epoch under way, as TensorFlow.js's own logger has them. */
  private totals: Record<string, Tensor> = {};
  private seen = 0;
  /** Whether the epoch under way began in an earlier process. */
  private continues = false;

  constructor(
    private readonly dir: string,
    args: CheckpointArgs = {},
  ) {
    super();
    if (typeof dir !== 'string' || dir === '') throw invalid(OWNER, 'dir', 'a path', dir);
    checkOptions(OWNER, args, OPTIONS);
    const {saveBestOnly = false, keep: kept = 2, everySteps, batches} = args;
    if (typeof saveBestOnly !== 'boolean')
      throw invalid(OWNER, 'saveBestOnly', 'true or false', saveBestOnly);
    this.saveBestOnly = saveBestOnly;
    this.kept = wholeNumber(OWNER, 'keep', kept, 1);
    if (batches !== undefined && !(batches instanceof ShuffledBatches)) {
      throw invalid(OWNER, 'batches', 'what `shuffledBatches` makes', batches);
    }
    this.batches = batches;
    if (everySteps !== undefined) {
      wholeNumber(OWNER, 'everySteps', everySteps, 1);
      if (batches === undefined) {
        throw invalid(OWNER, 'everySteps', 'left out where `batches` is not given', everySteps);
      }
      if (saveBestOnly) throw invalid(OWNER, 'everySteps', 'left out with `saveBestOnly`', everySteps);
    }
    this.everySteps = everySteps;
    const follows = saveBestOnly || args.monitor !== undefined;
    for (const field of ['mode', 'minDelta'] as const) {
      if (follows || args[field] === undefined) continue;
      throw invalid(
        OWNER,
        field,
        'left out where neither `monitor` nor `saveBestOnly` is given',
        args[field],
      );
    }
    this.metric = follows ? new Improvement(OWNER, args) : undefined;
  }

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, Checkpoint);
    this.forgetEpoch(); // onTrainEnd is not called when training throws.
    const run = stoppedRun(this.model);
    const {openStore} = await import('./openStore.js');
    this.store = await openStore(this.dir, true);
    const present = await this.store.list();
    if (present.length > 0 && run?.dir !== this.dir) {
      const requirement = 'empty, or of the run that `resume` has loaded the model from';
      throw invalid(OWNER, 'dir', requirement, `${this.dir}, with ${present.length} checkpoints`);
    }
    // Both throw if the optimizer cannot be saved: its class does not support it, or its schedule is a function of the user's.
    this.model.optimizer.getConfig();
    disposeSteps(await this.model.optimizer.getWeights());
    this.resumed = run;
    this.history = Object.fromEntries(
      Object.entries(run?.history ?? {}).map(([key, values]) => [key, [...values]]),
    );
    this.epochs = [...(run?.epochs ?? [])];
    this.best = run?.best;
    this.metric?.forget();
    if (run?.best !== undefined) this.metric?.accepts(run.best.value);
    if (run === undefined || this.batches === undefined) return;
    const {seed, batchSize, samples} = this.batches;
    for (const [field, value] of Object.entries({seed, batchSize, samples})) {
      const saved = run.batches?.[field as 'seed'];
      if (saved === value) continue;
      throw invalid(OWNER, `batches.${field}`, `${saved}, as the run that is resumed had it`, value);
    }
    this.batches.startAt(run.epoch, run.batch);
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (this.resumed !== undefined) await this.continueAt(epoch, this.resumed);
    else if (this.epochs.length === 0) this.batches?.startAt(epoch);
    this.epoch = epoch;
  }

  private async continueAt(epoch: number, {partial, ...run}: StoppedRun): Promise<void> {
    if (epoch !== run.epoch) {
      throw invalid(OWNER, 'initialEpoch', `${run.epoch}, where the resumed run stopped`, epoch);
    }
    if (run.batch > 0 && this.batches === undefined) {
      throw invalid(
        OWNER,
        'batches',
        'given, as the resumed run stopped in the middle of an epoch',
        undefined,
      );
    }
    this.resumed = undefined;
    this.showHistory();
    this.batch = run.batch;
    if (partial === undefined) return;
    this.continues = true;
    this.seen = partial.seen;
    this.totals = Object.fromEntries(
      Object.entries(partial.totals).map(([key, total]) => [key, tidy(() => keep(scalar(total)))]),
    );
  }

  /** Lets `fit` return the whole History. */
  private showHistory(): void {
    const {history} = this.model as unknown as TrainedModel;
    if (history === undefined) return;
    history.epoch = [...this.epochs];
    history.history = Object.fromEntries(
      Object.entries(this.history).map(([key, values]) => [key, [...values]]),
    );
  }

  override async onBatchEnd(_batch: number, logs: UnresolvedLogs = {}): Promise<void> {
    this.batch++;
    if (this.everySteps === undefined) return;
    this.accumulate(logs);
    const step = this.model.optimizer.iterations;
    if (step % this.everySteps > 0) return;
    const {epoch, batch} = this.batches!.position;
    if (epoch !== this.epoch || batch !== this.batch) throw this.otherBatches();
    await this.save({epoch, batch});
  }

  /** That `batches` did not move while the model was trained. */
  private otherBatches(): Error {
    const {epoch, batch} = this.batches!.position;
    const requirement = 'what `fitDataset` trains on';
    return invalid(OWNER, 'batches', requirement, `batches at epoch ${epoch}, batch ${batch}`);
  }

  /** The same sums in the same order as those of TensorFlow.js's BaseLogger, so that their float32 is the same. */
  private accumulate(logs: UnresolvedLogs): void {
    const size = (logs.size as number | undefined) ?? 0;
    this.seen += size;
    for (const [key, value] of Object.entries(logs)) {
      if (key === 'batch' || key === 'size') continue;
      const previous = this.totals[key];
      this.totals[key] = tidy(() => keep(add(previous ?? 0, mul(value, size))));
      previous?.dispose();
    }
  }

  override async onEpochEnd(epoch: number, logs: UnresolvedLogs = {}): Promise<void> {
    const {steps, samples, batchSize} = this.params as Record<string, number | undefined>;
    const batches = samples && batchSize ? Math.ceil(samples / batchSize) : (steps ?? 0);
    if (this.batch < batches) {
      // Training was stopped: the epoch is not over.
      const position = this.batches?.position;
      if (position !== undefined && this.everySteps !== undefined) await this.save(position);
      this.forgetEpoch();
      return;
    }
    const reached = this.batches?.position;
    const unused = reached && (reached.epoch < epoch || (reached.epoch === epoch && reached.batch === 0));
    if (unused) throw this.otherBatches();
    if (this.continues) this.replaceMeans(logs);
    this.forgetEpoch();
    for (const [key, value] of Object.entries(await loggedValues(logs))) {
      this.history[key] = [...(this.history[key] ?? []), value];
    }
    this.epochs.push(epoch);
    const value = this.metric && (await loggedValue(OWNER, logs, this.metric.monitor));
    const improved = value !== undefined && this.metric!.accepts(value);
    if (improved) this.best = {value, name: checkpointName(this.model.optimizer.iterations)};
    if (improved || !this.saveBestOnly) await this.save({epoch: epoch + 1, batch: 0});
  }

  /** BaseLogger ignores the batches before the run was interrupted. */
  private replaceMeans(logs: UnresolvedLogs): void {
    for (const [key, total] of Object.entries(this.totals)) {
      const short = logs[key];
      logs[key] = tidy(() => keep(mul(div(1, this.seen), total))) as never;
      if (short !== undefined && typeof short !== 'number') short.dispose();
    }
  }

  private forgetEpoch(): void {
    dispose(this.totals);
    this.totals = {};
    this.seen = 0;
    this.batch = 0;
    this.continues = false;
  }

  override async onTrainEnd(): Promise<void> {
    if (this.resumed === undefined) return;
    this.resumed = undefined; // There was no epoch left to train.
    this.showHistory();
  }

  private async save(position: Position): Promise<void> {
    const {model, optimizer, ...weights} = await modelArtifacts(this.model);
    const step = this.model.optimizer.iterations;
    const partial = position.batch > 0 ? await this.partialEpoch() : undefined;
    const {batches, history, epochs, best, dir} = this;
    const stopped = {
      ...{...position, history, epochs, partial, best},
      batches: batches && {seed: batches.seed, batchSize: batches.batchSize, samples: batches.samples},
    };
    const state = {...stopped, step, model, optimizer, training: trainingNames(this.model)};
    const name = checkpointName(step);
    await this.store!.write(name, encodeCheckpoint({state, ...weights}));
    rememberRun(this.model, {...stopped, history: structuredClone(history), epochs: [...epochs], dir});
    await this.prune(step);
  }

  private async partialEpoch(): Promise<PartialEpoch> {
    const totals = Object.entries(this.totals);
    const values = await Promise.all(totals.map(async ([, total]) => (await total.data())[0]!));
    return {seen: this.seen, totals: Object.fromEntries(totals.map(([key], i) => [key, values[i]!]))};
  }

  /** Removes older checkpoints. Later ones, which `resume` could not read, are left for someone to look at. */
  private async prune(step: number): Promise<void> {
    const own = (await this.store!.list()).filter((name) => stepOf(name)! <= step).sort();
    const old = own.slice(0, -this.kept).filter((name) => name !== this.best?.name);
    for (const name of old) await this.store!.remove(name);
  }
}

/** Topology with the layers' configurations, weights, and the optimizer with its state. */
async function modelArtifacts(
  model: LayersModel,
): Promise<
  Pick<CheckpointState, 'model' | 'optimizer'> & {modelWeights: Uint8Array; optimizerWeights: Uint8Array}
> {
  let artifacts: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (given) => {
      artifacts = given;
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    }),
  );
  const {optimizer} = model;
  const optimizerWeights = await optimizer.getWeights();
  const {data, specs} = await io.encodeWeights(optimizerWeights);
  disposeSteps(optimizerWeights);
  return {
    model: {topology: artifacts!.modelTopology as object, specs: artifacts!.weightSpecs!},
    modelWeights: new Uint8Array(artifacts!.weightData as ArrayBuffer),
    optimizer: {className: optimizer.getClassName(), config: optimizer.getConfig(), specs},
    optimizerWeights: new Uint8Array(data),
  };
}

/** The number of steps is a tensor made for saving, the others are the optimizer's own. */
function disposeSteps(weights: Awaited<ReturnType<LayersModel['optimizer']['getWeights']>>): void {
  for (const {name, tensor} of weights) if (name === 'iter') tensor.dispose();
}

/** Loss and metrics as `compile` took them, where they are names. */
function trainingNames(model: LayersModel): CheckpointState['training'] {
  const {loss, metrics = []} = model as unknown as TrainedModel;
  const named = (value: unknown): value is Names =>
    typeof value === 'string' ||
    (typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((one) => typeof one === 'string'));
  return named(loss) && named(metrics) ? {loss, metrics} : undefined;
}
