import {reshape, type serialization, type Tensor} from '@tensorflow/tfjs-core';
import {layers, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import type {LayerArgs} from '@tensorflow/tfjs-layers/dist/engine/topology.js';
import type {Kwargs} from '@tensorflow/tfjs-layers/dist/types.js';
import type {LayerVariable} from '@tensorflow/tfjs-layers/dist/variables.js';
import {checkOptions} from '../functional/checkOptions.js';
import {type EstimatorId, resolveEstimator, ruleFor} from '../functional/estimators/index.js';
import type {Estimator, TemperatureArgs, Temperatures, UnitKind} from '../functional/index.js';
import {modeOf} from '../functional/modeOf.js';
import type {RandomKey} from '../functional/random.js';
import {sumAbsoluteRows} from '../functional/reductions.js';
import type {Pass} from '../functional/Sampling.js';
import {randomSeed} from '../functional/setSeed.js';
import {straightThrough} from '../functional/straightThrough.js';
import {resolveTemperatures, TEMPERATURE_OPTIONS} from '../functional/temperatures.js';
import {integer, invalid, oneOf, wholeNumber} from '../functional/validate.js';
import {connectedLayers} from './connectedLayers.js';
import {DEFAULT_TEMPERATURES} from './defaultTemperatures.js';
import {hashText} from './hashText.js';
import {checkedLayerArgs, fromSavedConfig} from './options.js';
import {SeedStream} from './SeedStream.js';
import type {ObservableLayer, UnitObserver, UsageCounts} from './UnitObserver.js';

const EVALUATIONS = ['mode', 'sample'] as const;
/** What `predict` and `evaluate` do: take the mode of each unit, or sample as in training. */
export type Evaluation = (typeof EVALUATIONS)[number];

/** Arguments that all layers of discrete units share. */
export interface DiscreteLayerArgs extends LayerArgs, TemperatureArgs {
  /** Id of a built-in or registered estimator. Default `decoupled`. */
  estimator?: EstimatorId;
  /** What `predict` does. Default `mode`. */
  evaluation?: Evaluation;
  /**
   * Integer. The same seed gives the same run; default a random one. Layers of one model sample differently even with
   * one seed. Nested models do not coordinate their random streams, so give their layers different seeds. A layer within
   * a wrapper such as `timeDistributed`, which does not tell it about the model, is identified by its name: name it
   * yourself, because the names that TensorFlow.js makes up count upwards. Its initial weights depend on the seed alone.
   */
  seed?: number;
  /** Written by saving: what tells this layer's samples from those of others with the same seed. */
  stream?: number | null;
  /** Written by saving: how often it has sampled in training, so that a reloaded layer continues. */
  samples?: number;
  /** Written by saving: how often it has sampled in evaluation, which has random numbers of its own. */
  evaluationSamples?: number;
  /** What release 0.1.0 wrote in place of `samples`. */
  draws?: number;
}

const OPTIONS = [
  'forwardTemperature',
  'backwardTemperature',
  'temperature',
  'estimator',
  'evaluation',
  'seed',
  'stream',
  'samples',
  'evaluationSamples',
  'draws',
] as const satisfies readonly (keyof DiscreteLayerArgs)[];

/**
 * What layers of discrete units have in common: an estimator with its temperatures, a stream of random
 * numbers, a mode for evaluation, and observers.
 *
 * @throws on construction when an argument is out of range, naming class, field and value.
 */
export abstract class DiscreteLayer extends layers.Layer implements ObservableLayer {
  /** What its units are: binary, categorical or gates. */
  abstract readonly unit: UnitKind;
  /** Categories per group: 2 for binary units, 16 for logic gates. */
  abstract readonly categoriesPerGroup: number;
  /** The estimator that samples and back-propagates. */
  get estimator(): Estimator {
    return this.chosenEstimator;
  }

  /** @throws Always: temperatures were checked against the estimator that the layer was made with. */
  set estimator(estimator: never) {
    const {name} = this;
    throw invalid(this.getClassName(), 'estimator', `set when layer '${name}' is made, not later`, estimator);
  }

  /** The random stream of the layer. */
  protected readonly seeds: SeedStream;
  /** How many layers it stands behind in its model: two with one seed are initialized differently. */
  protected depth = 0;
  /** Which of the parallel branches that it could be confused with it is in; see `settle`. */
  protected branch = 0;
  private settled = false;
  private readonly chosenEstimator: Estimator;
  private readonly observers = new Set<UnitObserver>();
  private temperatures: Temperatures;
  private evaluates: Evaluation;

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    return fromSavedConfig(cls, config);
  }

  /**
   * @param unit What the units are.
   * @param options Names of the options that the subclass takes besides those of `DiscreteLayerArgs` and of every layer.
   */
  constructor(args: DiscreteLayerArgs, unit: UnitKind, options: readonly string[] = []) {
    super(checkedLayerArgs(new.target, args, [...options, ...OPTIONS]));
    const owner = this.getClassName();
    const {estimator = 'decoupled', evaluation = 'mode', seed = randomSeed(), stream, draws = 0} = args;
    const {samples = wholeNumber(owner, 'draws', draws, 0), evaluationSamples = 0} = args;
    this.chosenEstimator = resolveEstimator(owner, estimator, unit);
    this.temperatures = resolveTemperatures(owner, this.estimator, args, DEFAULT_TEMPERATURES[unit]);
    this.evaluates = oneOf(owner, 'evaluation', evaluation, EVALUATIONS);
    this.seeds = new SeedStream(
      integer(owner, 'seed', seed),
      stream == null ? undefined : wholeNumber(owner, 'stream', stream, 0),
      wholeNumber(owner, 'samples', samples, 0),
      wholeNumber(owner, 'evaluationSamples', evaluationSamples, 0),
    );
  }

  /** What `predict` and `evaluate` do: take the mode of each unit, or sample. Settable at any time. */
  get evaluation(): Evaluation {
    return this.evaluates;
  }

  set evaluation(evaluation: Evaluation) {
    this.evaluates = oneOf(this.getClassName(), 'evaluation', evaluation, EVALUATIONS);
  }

  /** Temperature of the forward sample. Settable between epochs; with a single-temperature estimator it sets both. */
  get forwardTemperature(): number {
    return this.temperatures.forward;
  }

  set forwardTemperature(forwardTemperature: number) {
    this.setTemperatures({forwardTemperature});
  }

  /** Temperature of the backward Jacobian. Settable between epochs; with a single-temperature estimator it sets both. */
  get backwardTemperature(): number {
    return this.temperatures.backward;
  }

  set backwardTemperature(backwardTemperature: number) {
    this.setTemperatures({backwardTemperature});
  }

  /**
   * Sets one or both temperatures at once; what is left out stays.
   *
   * @throws As the constructor does; the previous temperatures then stay.
   */
  setTemperatures(args: TemperatureArgs): void {
    checkOptions(this.getClassName(), args, TEMPERATURE_OPTIONS);
    const {temperature, forwardTemperature, backwardTemperature} = args;
    const {forward, backward} = this.temperatures;
    const silent = [temperature, forwardTemperature, backwardTemperature].every((one) => one === undefined);
    if (silent) return;
    const keeps = this.estimator.temperatures === 'both' && temperature === undefined;
    this.temperatures = resolveTemperatures(this.getClassName(), this.estimator, {
      temperature,
      forwardTemperature: forwardTemperature === undefined && keeps ? forward : forwardTemperature,
      backwardTemperature: backwardTemperature === undefined && keeps ? backward : backwardTemperature,
    });
  }

  override apply(inputs: Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[], kwargs?: Kwargs) {
    const source = (Array.isArray(inputs) ? inputs[0] : inputs) as Partial<SymbolicTensor> | undefined;
    if (!this.built && source?.sourceLayer !== undefined)
      this.depth = connectedLayers(source.sourceLayer).length;
    return super.apply(inputs, kwargs);
  }

  override get weights(): LayerVariable[] {
    this.settle();
    return super.weights;
  }

  override get trainableWeights(): LayerVariable[] {
    this.settle();
    return super.trainableWeights;
  }

  override set trainableWeights(weights: LayerVariable[]) {
    super.trainableWeights = weights;
  }

  /** The random key of a weight's initialization: by the layer's depth and branch, and not by its name. */
  protected initializationKey(weight: string): RandomKey {
    return this.seeds.key(hashText(this.initializationText(weight)));
  }

  /** Names a weight's initialization: the same at the same position in a model. */
  protected initializationText(weight: string): string {
    const text = `${weight} ${this.depth}`;
    return this.branch === 0 ? text : `${text} in branch ${this.branch}`;
  }

  /** Writes the weights' initial values once more, after `branch` has changed; for layers whose weights depend on it. */
  protected initializeAgain(): void {}

  /**
   * Gives layers with the same seed in parallel branches of a model different initial weights.
   *
   * Branches on inputs of their own do not meet before all of their layers are built, so what they have in common is
   * found out late: when a layer's weights are first read.
   */
  protected settle(): void {
    if (this.settled || !this.built) return;
    const alike = connectedLayers(this).filter((layer) => this.isLike(layer)) as DiscreteLayer[];
    const taken = new Set(alike.filter(({settled}) => settled).map(({branch}) => branch));
    for (const layer of alike) {
      if (layer.settled || !layer.built) continue;
      layer.settled = true;
      while (taken.has(layer.branch)) layer.branch++;
      taken.add(layer.branch);
      if (layer.branch > 0) layer.initializeAgain();
    }
  }

  /** Whether `other` would be initialized from the same random numbers. */
  private isLike(other: layers.Layer): boolean {
    return (
      other instanceof DiscreteLayer &&
      other.getClassName() === this.getClassName() &&
      other.seeds.initial === this.seeds.initial &&
      other.depth === this.depth
    );
  }

  /**
   * Starts to tell `observer`; the function returned ends that.
   *
   * @throws If `observer` has no method of `UnitObserver`.
   */
  observe(observer: UnitObserver): () => void {
    const {sampled, gradient, rowGradients} = observer ?? {};
    if (![sampled, gradient, rowGradients].some((method) => typeof method === 'function')) {
      const requirement = 'an object with a method `sampled`, `gradient` or `rowGradients`';
      throw invalid(this.getClassName(), 'observer', requirement, observer);
    }
    this.observers.add(observer);
    return () => {
      this.observers.delete(observer);
    };
  }

  /** One array of counts per group of `categoriesPerGroup` units. */
  async usage(sums: Float32Array | undefined, _rows: number): Promise<UsageCounts | undefined> {
    if (sums === undefined) return undefined;
    const size = this.categoriesPerGroup;
    return Array.from({length: sums.length / size}, (_, group) =>
      Array.from(sums.subarray(group * size, (group + 1) * size)),
    );
  }

  /**
   * A function that tells the observers of one backward pass, or undefined where this pass is not in training or no
   * observer requests it: then nothing is computed for them.
   */
  protected gradientListener(
    training: boolean,
    rows: number,
    samples: number,
  ): ((absoluteSums: Tensor) => void) | undefined {
    const listening = this.listening(training, 'gradient');
    if (listening.length === 0) return undefined;
    return (absoluteSums) => {
      for (const observer of listening) observer.gradient?.(absoluteSums, rows, samples);
    };
  }

  /** The same for a gradient with a row of its own for each sample and position. */
  private rowsListener(training: boolean, rows: number, units: number, samples: number) {
    const tellSums = this.gradientListener(training, rows, samples);
    const perRow = this.listening(training, 'rowGradients');
    if (tellSums === undefined && perRow.length === 0) return undefined;
    return (dlogits: Tensor) => {
      const gradients = reshape(dlogits, [rows, units]);
      tellSums?.(sumAbsoluteRows(gradients));
      for (const observer of perRow) observer.rowGradients?.(gradients, samples);
    };
  }

  private listening(training: boolean, event: keyof UnitObserver): readonly UnitObserver[] {
    return training ? [...this.observers].filter((observer) => observer[event] !== undefined) : [];
  }

  /**
   * Samples the units of `logits`, one per index of the last axis, and tells the observers.
   *
   * @param shape The logits' shape while sampling, such as groups of categories.
   */
  protected sampleUnits(logits: Tensor, training: boolean, shape = logits.shape): Tensor {
    const units = logits.shape.at(-1)!;
    const rows = logits.size / units;
    const onGradient = this.rowsListener(training, rows, units, logits.shape[0]!);
    const grouped = shape === logits.shape ? logits : reshape(logits, shape);
    const sampled = straightThrough(grouped, {...this.nextSampling(training), onGradient});
    for (const observer of this.listening(training, 'sampled')) {
      observer.sampled?.(reshape(sampled, [rows, units]));
    }
    return shape === logits.shape ? sampled : reshape(sampled, logits.shape);
  }

  /**
   * How this call passes its units: as the estimator samples, or, in evaluation by mode, the mode forward and
   * J(tb) backward, without a random number.
   */
  protected nextSampling(training: boolean): Pass {
    const owner = this.getClassName();
    if (!training && this.evaluation === 'mode') return modeOf(owner, this.unit, this.backwardTemperature);
    this.seeds.stream ??= this.ownStream();
    const rule = ruleFor(this.estimator, this.unit);
    const key = training ? this.seeds.next() : this.seeds.nextInEvaluation();
    return {owner, rule, temperatures: this.temperatures, key};
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      forwardTemperature: this.forwardTemperature,
      backwardTemperature: this.backwardTemperature,
      estimator: this.estimator.id,
      evaluation: this.evaluation,
      seed: this.seeds.initial,
      stream: this.seeds.stream ?? (this.inboundNodes.length > 0 ? this.ownStream() : null),
      samples: this.seeds.samples,
      evaluationSamples: this.seeds.evaluationSamples,
    };
  }

  /**
   * Within a model, the layer's index among the discrete layers: building the model again gives the same
   * samples. A layer outside a model is identified by its name.
   */
  private ownStream(): number {
    if (this.inboundNodes.length === 0) return hashText(this.name);
    const discrete = connectedLayers(this).filter((layer) => layer instanceof DiscreteLayer);
    return hashText(`${discrete.indexOf(this)} of ${discrete.length}`);
  }
}
