import {cast, oneHot, type Tensor, tensor1d, tidy} from '@tensorflow/tfjs-core';
import {Callback, type LayersModel} from '@tensorflow/tfjs-layers';
import {
  callbacks,
  DiscreteLayer,
  optimizers,
  type ResumedRun,
  type ShuffledBatches,
  setSeed,
  shuffledBatches,
} from 'tfjs-discrete';
import {Circuit} from 'tfjs-discrete/circuit';
import {type DataSet, PIXELS} from '../data/images.js';
import type {Event, Status} from '../messages.js';
import {type Settings, temperaturesOf} from '../state/settings.js';
import {ActivityRecorder} from './ActivityRecorder.js';
import {type DeployedCircuit, deploy} from './deploy.js';
import {Inspector} from './Inspector.js';
import {imageTensor} from './imageTensor.js';
import {NETWORKS, type Network} from './models/index.js';
import {Pace} from './Pace.js';
import {periodicCheckpoint} from './PeriodicCheckpoint.js';
import {scoreOnTest, type TestScore} from './TestScore.js';

/** How often the page hears of batches and of units, at most, in milliseconds. */
const BATCHES_EVERY = 100;
const ACTIVITY_EVERY = 700;
const RECONSTRUCTED = 10;

type Emit = (event: Event) => void;

/** What training starts from: nothing, a checkpoint, or a model from files. */
export interface Origin {
  readonly resumed?: ResumedRun;
  readonly imported?: LayersModel;
  /** Whether checkpoints are written. */
  readonly keeps: boolean;
}

/** One network that is trained, watched and asked. */
export class Run {
  readonly model: LayersModel;
  readonly pace: Pace;
  private readonly network: Network;
  private readonly inspector: Inspector;
  private readonly recorder: ActivityRecorder;
  private readonly tensors: readonly Tensor[];
  private readonly batches: ShuffledBatches;
  private training: Promise<void> | undefined;
  private stopped = false;
  private status: Status = 'idle';
  private epoch: number;
  private batch = 0;
  private score: TestScore | undefined;
  /** The circuit and the step that it was read at. */
  private circuit: {readonly step: number; readonly circuit: Circuit} | undefined;
  private deployed: DeployedCircuit | undefined;
  private recent = {loss: 0, accuracy: 0, batches: 0, since: 0};
  private activityAt = 0;

  constructor(
    readonly settings: Settings,
    private readonly data: DataSet,
    private readonly emit: Emit,
    private readonly origin: Origin,
  ) {
    const {model, learningRate, optimizer, seed, batchSize} = settings;
    this.network = NETWORKS[model];
    const {target, loss, metrics, build} = this.network;
    setSeed(seed);
    const {resumed, imported} = origin;
    this.model = resumed?.model ?? imported ?? build(settings, data.info.classes.length);
    if (resumed === undefined) {
      this.model.compile({optimizer: optimizers[optimizer]({learningRate}), loss, metrics: [...metrics]});
    }
    const x = imageTensor(data.train.pixels);
    const y =
      target === 'images'
        ? x
        : tidy(() => cast(oneHot(tensor1d(data.train.labels, 'int32'), data.info.classes.length), 'float32'));
    this.tensors = [x, y];
    this.batches = shuffledBatches(x, y, {seed, batchSize, partial: false});
    this.pace = new Pace(() => this.onPause());
    this.inspector = new Inspector(this.model, target);
    this.recorder = new ActivityRecorder(this.model);
    this.epoch = resumed?.epoch ?? 0;
    for (const point of historyOf(resumed, this.batches.size)) emit({type: 'epoch', point});
  }

  get step(): number {
    return this.model.optimizer.iterations;
  }

  /** Trains until the last epoch, or until `stop`. */
  train(): Promise<void> {
    this.training ??= this.fit().catch((error: Error) => {
      this.emit({type: 'failed', message: error.message});
      this.tell('finished');
    });
    return this.training;
  }

  private async fit(): Promise<void> {
    const {epochs} = this.settings;
    this.tell('running');
    if (this.origin.imported !== undefined) await this.test();
    await this.model.fitDataset(this.batches as never, {
      epochs: Math.max(epochs, this.epoch),
      initialEpoch: this.epoch,
      verbose: 0,
      callbacks: [
        new Hooks(this),
        callbacks.monitors(),
        new TestEachEpoch(this),
        ...(this.origin.keeps ? periodicCheckpoint(this.batches) : []),
        new TellEpoch(this),
      ],
    });
    if (this.stopped) return;
    await this.tellActivity();
    this.tell('finished');
  }

  /** Ends training after the batch under way and frees everything. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.model.stopTraining = true;
    this.pace.stop();
    await this.training;
    this.recorder.dispose();
    this.model.optimizer.dispose();
    this.model.dispose();
    for (const tensor of new Set(this.tensors)) tensor.dispose();
  }

  /** @throws If a layer rejects them; single-temperature estimators take `forward` for both passes. */
  setTemperatures(forward: number, backward: number): void {
    const temperatures = temperaturesOf(this.settings.estimator);
    if (temperatures === 'none') return;
    for (const layer of this.model.layers) {
      if (!(layer instanceof DiscreteLayer)) continue;
      if (temperatures === 'one') layer.setTemperatures({temperature: forward});
      else layer.setTemperatures({forwardTemperature: forward, backwardTemperature: backward});
    }
  }

  setLearningRate(value: number): void {
    (this.model.optimizer as unknown as {learningRate: number}).learningRate = value;
  }

  /** The settings with the temperatures and the learning rate as they are now. */
  currentSettings(): Settings {
    const {learningRate} = this.model.optimizer as unknown as {learningRate: number};
    const layer = this.model.layers.find((one) => one instanceof DiscreteLayer)!;
    const {forwardTemperature, backwardTemperature} = layer;
    return {...this.settings, learningRate, forwardTemperature, backwardTemperature};
  }

  read(pixels: Uint8Array) {
    return this.inspector.read(pixels, this.settings.model === 'gates' ? this.currentCircuit() : undefined);
  }

  async deploy(): Promise<DeployedCircuit> {
    if (this.settings.model !== 'gates') throw new Error('Only a network of logic gates becomes a circuit.');
    const score = await scoreOnTest(this.model, this.network.target, this.data.test, async () => true);
    this.deployed = await deploy(this.currentCircuit(), this.data.test, score!.predicted);
    return this.deployed;
  }

  /** What `deploy` made last. */
  get circuitFiles(): DeployedCircuit['files'] | undefined {
    return this.deployed?.files;
  }

  /** SHA-256 of all weights. */
  async fingerprint(): Promise<string> {
    const values = await Promise.all(this.model.getWeights().map((weight) => weight.data()));
    const bytes = values.map((one) => new Uint8Array(one.buffer, one.byteOffset, one.byteLength));
    const digest = await crypto.subtle.digest('SHA-256', await new Blob(bytes as BlobPart[]).arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  private currentCircuit(): Circuit {
    if (this.circuit?.step !== this.step) {
      this.circuit = {step: this.step, circuit: Circuit.fromModel(this.model, {lastLayer: 'scores'})};
    }
    return this.circuit.circuit;
  }

  /** @internal for callbacks */
  async beforeBatch(): Promise<void> {
    await this.pace.turn();
    if (this.status !== 'running' && this.pace.isRunning && !this.stopped) this.tell('running');
  }

  /** @internal for callbacks */
  async afterBatch(logs: Record<string, unknown>): Promise<void> {
    this.batch++;
    const {recent} = this;
    recent.loss += await numberOf(logs.loss);
    recent.accuracy += await numberOf(logs.acc ?? 0);
    recent.batches++;
    const now = performance.now();
    if (this.pace.isRunning && now - recent.since < BATCHES_EVERY) return;
    const {loss, accuracy, batches, since} = recent;
    this.emit({
      type: 'batches',
      step: this.step,
      epoch: this.epoch,
      loss: loss / batches,
      accuracy: this.network.target === 'labels' ? accuracy / batches : undefined,
      stepsPerSecond: (1000 * batches) / (now - since),
    });
    this.recent = {loss: 0, accuracy: 0, batches: 0, since: performance.now()};
    if (!this.pace.isRunning || now - this.activityAt > ACTIVITY_EVERY) await this.tellActivity();
  }

  /** @internal for callbacks */
  beginEpoch(epoch: number): void {
    this.epoch = epoch;
    this.batch = 0;
    if (epoch === (this.origin.resumed?.epoch ?? 0)) this.recent.since = performance.now();
    this.tell(this.status);
  }

  /** @internal for callbacks */
  async testInto(logs: Record<string, unknown>): Promise<void> {
    if (this.stopped || this.batch < this.batches.size) return;
    const score = await this.test();
    if (score === undefined) return;
    logs.val_loss = score.loss;
    if (score.accuracy !== undefined) logs.val_acc = score.accuracy;
    this.recent.since = performance.now();
  }

  /** @internal for callbacks */
  async tellEpoch(epoch: number, logs: Record<string, unknown>): Promise<void> {
    if (this.stopped) return;
    const numbers = await Promise.all(
      Object.entries(logs).map(async ([key, value]) => [key, await numberOf(value)] as const),
    );
    this.emit({type: 'epoch', point: {epoch, step: this.step, logs: Object.fromEntries(numbers)}});
  }

  /** Scores the test images and shows what came of them. */
  private async test(): Promise<TestScore | undefined> {
    const score = await scoreOnTest(this.model, this.network.target, this.data.test, async () => {
      await this.pace.letMessagesIn();
      return !this.stopped;
    });
    if (score === undefined) return undefined;
    this.score = score;
    if (this.network.target === 'labels') this.emit({type: 'mistakes', mistakes: score.mistakes});
    else this.tellReconstructions();
    return score;
  }

  /** The last score on the test images. */
  get lastScore(): TestScore | undefined {
    return this.score;
  }

  private tellReconstructions(): void {
    const pixels = this.data.test.pixels.subarray(0, RECONSTRUCTED * PIXELS);
    this.emit({type: 'reconstructions', reconstructions: this.inspector.reconstruct(pixels)});
  }

  private async tellActivity(): Promise<void> {
    const layers = await this.recorder.read();
    this.activityAt = performance.now();
    if (!this.stopped) this.emit({type: 'activity', layers});
    if (!this.stopped && this.network.target === 'images') this.tellReconstructions();
  }

  private onPause(): void {
    this.tell('paused');
  }

  private tell(status: Status): void {
    this.status = status;
    const {epoch, step} = this;
    const {epochs} = this.settings;
    this.emit({type: 'status', status, epoch, epochs, step, stepsPerEpoch: this.batches.size});
  }
}

class Hooks extends Callback {
  constructor(private readonly run: Run) {
    super();
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.run.beginEpoch(epoch);
  }

  override async onBatchBegin(): Promise<void> {
    await this.run.beforeBatch();
  }

  override async onBatchEnd(_batch: number, logs: object = {}): Promise<void> {
    await this.run.afterBatch(logs as Record<string, unknown>);
  }
}

/** Stands before the checkpoint, which saves what is logged so far. */
class TestEachEpoch extends Callback {
  constructor(private readonly run: Run) {
    super();
  }

  override async onEpochEnd(_epoch: number, logs: object = {}): Promise<void> {
    await this.run.testInto(logs as Record<string, unknown>);
  }
}

/** Stands last: then everything is logged. */
class TellEpoch extends Callback {
  constructor(private readonly run: Run) {
    super();
  }

  override async onEpochEnd(epoch: number, logs: object = {}): Promise<void> {
    await this.run.tellEpoch(epoch, logs as Record<string, unknown>);
  }
}

async function numberOf(value: unknown): Promise<number> {
  return typeof value === 'number' ? value : (await (value as Tensor).data())[0]!;
}

/** The epochs that a resumed run has behind it. */
function historyOf(resumed: ResumedRun | undefined, stepsPerEpoch: number) {
  if (resumed === undefined) return [];
  return Array.from({length: resumed.epoch}, (_, epoch) => ({
    epoch,
    step: (epoch + 1) * stepsPerEpoch,
    logs: Object.fromEntries(
      Object.entries(resumed.history).map(([key, values]) => [key, values[epoch] ?? Number.NaN]),
    ),
  }));
}
