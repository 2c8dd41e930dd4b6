import {
  add,
  div,
  engine,
  minimum,
  type NamedTensorMap,
  Optimizer,
  scalar,
  type serialization,
  type Tensor,
  tidy,
  util,
  type Variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {checkOptions} from '../functional/checkOptions.js';
import {globalNorm} from '../functional/reductions.js';
import {
  checkSchedule,
  fromDescription,
  type Schedule,
  type ScheduleDescription,
} from '../functional/schedules.js';
import {invalid, nonNegative, positive} from '../functional/validate.js';
import {type AdamStep, adamStep} from '../kernels/ops/adamStep.js';

/** A tensor under a name, as TensorFlow.js saves it. */
type NamedTensor = Awaited<ReturnType<Optimizer['getWeights']>>[number];

/** Options that all optimizers of this package share. */
export interface OptimizerArgs {
  /** A number, or a schedule of the step, counted from 0. Default 1e-3. */
  learningRate?: number | Schedule;
  /** Decay rate of the gradients' moving mean, 0 to 1. Default 0.9. */
  beta1?: number;
  /** Decay rate of the squared gradients' moving mean, 0 to 1. Default 0.999. */
  beta2?: number;
  /** Added to the root of the second moment. Default 1e-8, as in PyTorch (TensorFlow.js: 1e-7). */
  epsilon?: number;
  /** See the optimizer: Adam and RectifiedAdam add it to the gradient, AdamW shrinks weights. */
  weightDecay?: number;
  /** Largest L2 norm of each variable's gradient; longer ones are scaled down. */
  clipNorm?: number;
  /** Largest L2 norm of all gradients together; longer ones are scaled down by one factor. */
  globalClipNorm?: number;
  /** Largest magnitude of a gradient's element. */
  clipValue?: number;
  /** Keeps moving averages of the weights with this decay rate, such as 0.999; see `useAverages`. */
  ema?: number;
}

const OPTIONS = [
  ...['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay'],
  ...['clipNorm', 'globalClipNorm', 'clipValue', 'ema'],
];

/** At most one of these: they would undo each other. */
const CLIPPING = ['clipNorm', 'globalClipNorm', 'clipValue'] as const;

/** Added to a norm before dividing by it, as PyTorch's `clip_grad_norm_` does. */
const NORM_EPSILON = 1e-6;

/** What is kept of one variable. */
interface State {
  readonly name: string;
  readonly first: Variable;
  readonly second: Variable;
  readonly average: Variable | undefined;
}

/** What each optimizer computes from the step's number, for all variables. */
export type StepNumbers = Pick<AdamStep, 'l2' | 'decay' | 'rootScale' | 'epsilon' | 'stepSize'>;

/**
 * What Adam and its relatives have in common: moments of the gradients, a learning rate that may follow a schedule,
 * clipping, moving averages of the weights, and exact state.
 *
 * The state between steps is the number of steps, an integer, and the moments: a saved and loaded model
 * (`model.save(..., {includeOptimizer: true})`) continues bit for bit. Nothing is read back from the device.
 */
export abstract class AdaptiveOptimizer extends Optimizer {
  /** Decay rate of the gradients' moving mean. */
  readonly beta1: number;
  /** Decay rate of the squared gradients' moving mean. */
  readonly beta2: number;
  /** Added to the root of the second moment. */
  readonly epsilon: number;
  /** Factor of the weight decay. */
  readonly weightDecay: number;
  /** Largest norm of each variable's gradient; undefined for none. */
  readonly clipNorm: number | undefined;
  /** Largest norm of all gradients together; undefined for none. */
  readonly globalClipNorm: number | undefined;
  /** Largest magnitude of a gradient's element; undefined for none. */
  readonly clipValue: number | undefined;
  /** Decay rate of the moving averages of weights; undefined for none. */
  readonly ema: number | undefined;
  private rate: number | Schedule;
  private readonly states = new Map<string, State>();
  /** Names of variables as the last step had them, which is the order of saving. */
  private order: readonly string[] = [];
  /** Loaded state that no variable has asked for yet, in order. */
  private loaded: State[] = [];
  private savedSteps: Tensor | undefined;

  /**
   * @param owner Class to name in errors.
   * @param defaults What a left-out option stands for.
   */
  constructor(
    private readonly owner: string,
    args: OptimizerArgs,
    defaults: {readonly weightDecay: number},
  ) {
    super();
    checkOptions(owner, args, OPTIONS);
    const {learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, ema} = args;
    const {weightDecay = defaults.weightDecay, clipNorm, globalClipNorm, clipValue} = args;
    this.rate = checkRate(owner, learningRate);
    this.beta1 = share(owner, 'beta1', beta1);
    this.beta2 = share(owner, 'beta2', beta2);
    this.epsilon = nonNegative(owner, 'epsilon', epsilon);
    this.weightDecay = nonNegative(owner, 'weightDecay', weightDecay);
    this.clipNorm = optional(owner, 'clipNorm', clipNorm);
    this.globalClipNorm = optional(owner, 'globalClipNorm', globalClipNorm);
    this.clipValue = optional(owner, 'clipValue', clipValue);
    this.ema = ema === undefined ? undefined : share(owner, 'ema', ema);
    const [one, other] = CLIPPING.filter((field) => args[field] !== undefined);
    if (one !== undefined && other !== undefined) {
      throw invalid(owner, other, `left out where \`${one}\` is given`, args[other]);
    }
  }

  /**
   * The rate of the next step. Settable at any time, to a number or a schedule of the step.
   */
  get learningRate(): number {
    if (typeof this.rate === 'number') return this.rate;
    return nonNegative(this.owner, 'learningRate', this.rate(this.iterations));
  }

  set learningRate(rate: number | Schedule) {
    this.rate = checkRate(this.owner, rate);
  }

  /** The schedule that the learning rate follows, if any. */
  get schedule(): Schedule | undefined {
    return typeof this.rate === 'number' ? undefined : this.rate;
  }

  /**
   * The numbers of one step that are the same for all variables.
   *
   * @param t The step, counted from 1.
   * @param rate The learning rate.
   */
  protected abstract numbersAt(t: number, rate: number): StepNumbers;

  override applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({name, tensor}));
    const numbers = this.numbersAt(this.iterations + 1, this.learningRate);
    const states = this.statesOf(named.map(({name}) => name));
    tidy(() => {
      // Where the loss does not depend on a variable, it has no gradient.
      const present = named.map(({tensor}) => tensor as Tensor | null | undefined);
      const globalScale =
        this.globalClipNorm &&
        scaleOf(
          present.filter((gradient) => gradient != null),
          this.globalClipNorm,
        );
      present.forEach((gradient, i) => {
        if (gradient == null) return;
        const gradientScale = this.clipNorm ? scaleOf([gradient], this.clipNorm) : globalScale || undefined;
        this.update(states[i]!, gradient, gradientScale, numbers);
      });
    });
    this.incrementIterations();
  }

  private update(
    state: State,
    gradient: Tensor,
    gradientScale: Tensor | undefined,
    numbers: StepNumbers,
  ): void {
    const value = engine().registeredVariables[state.name]!;
    const {first, second, average} = state;
    const {beta1, beta2, clipValue = 0, ema = 0} = this;
    const results = adamStep(
      {
        ...{value, gradient, first, second},
        ...(average && {average}),
        ...(gradientScale && {gradientScale}),
      },
      // Averages begin as the weights after the first step.
      {...numbers, beta1, beta2, clipValue, ema: this.iterations === 0 ? 0 : ema},
    );
    [value, first, second, average].forEach((variable, i) => {
      variable?.assign(results[i]!);
    });
  }

  /** State of each variable; made at its first step, even without a gradient for it. */
  private statesOf(names: readonly string[]): State[] {
    const states = names.map((name) => {
      const known = this.states.get(name);
      if (known !== undefined) return known;
      const value = engine().registeredVariables[name];
      if (value === undefined) throw invalid(this.owner, 'gradients', 'of variables that exist', name);
      const state = this.adopt(name, value) ?? this.fresh(name, value);
      this.states.set(name, state);
      return state;
    });
    this.order = names;
    return states;
  }

  private fresh(name: string, value: Variable): State {
    const zeros = () => tidy(() => zerosLike(value).variable(false));
    const average = this.ema === undefined ? undefined : tidy(() => value.clone().variable(false));
    return {name, first: zeros(), second: zeros(), average};
  }

  /** The next loaded state: names change when a model is loaded, their order does not. */
  private adopt(name: string, value: Variable): State | undefined {
    const [state, ...others] = this.loaded;
    if (state === undefined) return undefined;
    if (!util.arraysEqual(state.first.shape, value.shape)) {
      throw new Error(
        `${this.owner}: the state of '${state.name}', loaded with shape [${state.first.shape}], does not fit '${name}' ` +
          `of shape [${value.shape}]; was the model changed since?`,
      );
    }
    this.loaded = others;
    return {...state, name};
  }

  /**
   * Puts the moving averages in place of the weights, such as to evaluate or save with them.
   *
   * @returns A function that puts the trained weights back. Without it, training goes on from the averages.
   * @throws If the optimizer was made without `ema`.
   * @example
   * const optimizer = optimizers.adam({ema: 0.99});
   * model.compile({optimizer, loss: 'meanSquaredError'});
   * await model.fit(x, y);
   * const restore = optimizer.useAverages();
   * model.evaluate(x, y);
   * restore();
   */
  useAverages(): () => void {
    if (this.ema === undefined) throw invalid(this.owner, 'ema', 'given for averages to be kept', this.ema);
    const trained: {variable: Variable; value: Tensor}[] = [];
    for (const {name, average} of this.states.values()) {
      const variable = engine().registeredVariables[name];
      if (variable === undefined || average === undefined) continue;
      trained.push({variable, value: variable.clone()});
      tidy(() => variable.assign(average.clone()));
    }
    return () => {
      for (const {variable, value} of trained.splice(0)) {
        variable.assign(value);
        value.dispose();
      }
    };
  }

  /** The number of steps, then first moments, second moments and averages. */
  override async getWeights(): Promise<NamedTensor[]> {
    const states = this.inOrder();
    const list = (suffix: string, pick: (state: State) => Variable | undefined) =>
      states.flatMap((state) => {
        const tensor = pick(state);
        return tensor === undefined ? [] : [{name: `${state.name}/${suffix}`, tensor: tensor as Tensor}];
      });
    this.savedSteps?.dispose();
    this.savedSteps = tidy(() => scalar(this.iterations, 'int32'));
    return [
      {name: 'iter', tensor: this.savedSteps},
      ...list('m', ({first}) => first),
      ...list('v', ({second}) => second),
      ...list('average', ({average}) => average),
    ];
  }

  /** @throws If these are not weights of an optimizer with the same options. */
  override async setWeights(weights: NamedTensor[]): Promise<void> {
    const [steps, ...rest] = weights;
    const perVariable = this.ema === undefined ? 2 : 3;
    const count = rest.length / perVariable;
    if (steps === undefined || !Number.isInteger(count)) {
      throw invalid(
        this.owner,
        'weights',
        `the number of steps and ${perVariable} tensors per variable${this.ema === undefined ? '' : ' (with `ema`)'}`,
        `${weights.length} tensors`,
      );
    }
    const iterations = (await steps.tensor.data())[0]!;
    this.disposeStates();
    this.iterations_ = iterations;
    this.loaded = Array.from({length: count}, (_, i) => {
      const [first, second, average] = Array.from({length: perVariable}, (_, part) =>
        rest[part * count + i]!.tensor.variable(false),
      );
      return {name: rest[i]!.name.replace(/\/m$/, ''), first: first!, second: second!, average};
    });
  }

  /** States as the last step had its variables, then those it did not have, then those that are still to be adopted. */
  private inOrder(): State[] {
    const named = this.order.map((name) => this.states.get(name)!);
    return [...new Set([...named, ...this.states.values(), ...this.loaded])];
  }

  private disposeStates(): void {
    for (const {first, second, average} of this.inOrder()) {
      for (const variable of [first, second, average]) variable?.dispose();
    }
    this.states.clear();
    this.order = [];
    this.loaded = [];
  }

  override dispose(): void {
    this.disposeStates();
    this.savedSteps?.dispose();
    this.savedSteps = undefined;
  }

  /** @throws If the learning rate follows a function without a description. */
  override getConfig(): serialization.ConfigDict {
    const {beta1, beta2, epsilon, weightDecay} = this;
    return {
      learningRate: this.describedRate(),
      ...{beta1, beta2, epsilon, weightDecay},
      clipNorm: this.clipNorm ?? null,
      globalClipNorm: this.globalClipNorm ?? null,
      clipValue: this.clipValue ?? null,
      ema: this.ema ?? null,
    } as serialization.ConfigDict;
  }

  private describedRate(): number | ScheduleDescription {
    if (typeof this.rate === 'number') return this.rate;
    const {description} = this.rate;
    if (description !== undefined) return description;
    throw invalid(
      this.owner,
      'learningRate',
      'a number or made by `functional.schedules` to be saved',
      this.rate,
    );
  }

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const given = OPTIONS.filter((name) => config[name] != null).map((name) => [name, config[name]]);
    const args = Object.fromEntries(given) as Record<string, serialization.ConfigDictValue>;
    const {learningRate} = args;
    if (typeof learningRate !== 'object') return new cls(args);
    return new cls({
      ...args,
      learningRate: fromDescription(learningRate as unknown as ScheduleDescription) as never,
    });
  }
}

/** What scales gradients so that their norm together is at most `limit`, a scalar. */
function scaleOf(gradients: readonly Tensor[], limit: number): Tensor {
  return minimum(div(limit, add(globalNorm(gradients), NORM_EPSILON)), 1);
}

function checkRate(owner: string, rate: unknown): number | Schedule {
  if (typeof rate !== 'function') return nonNegative(owner, 'learningRate', rate);
  checkSchedule(owner, 'learningRate', rate);
  return rate as Schedule;
}

/** @throws Unless `value` is a number from 0 to 1, 1 excluded. */
function share(owner: string, field: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < 1) return value;
  throw invalid(owner, field, 'a number from 0 to 1, 1 excluded', value);
}

function optional(owner: string, field: string, value: number | undefined): number | undefined {
  return value === undefined ? undefined : positive(owner, field, value);
}
