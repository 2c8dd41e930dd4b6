import {AdaptiveOptimizer, type OptimizerArgs, type StepNumbers} from './AdaptiveOptimizer.js';

/**
 * Adam, with PyTorch's defaults.
 *
 * With `g` the clipped gradient plus `weightDecay * p`: `m = beta1 m + (1 - beta1) g`, `v = beta2 v + (1 - beta2) g^2`,
 * `p = p - learningRate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)`.
 *
 * @throws If an option is out of its range, unknown, or more than one kind of clipping is asked for.
 * @see Kingma, Ba, "Adam: A Method for Stochastic Optimization", arXiv:1412.6980, algorithm 1.
 * @example
 * const {cosine, warmUp} = functional.schedules;
 * model.compile({
 *   optimizer: optimizers.adam({learningRate: warmUp(cosine(1e-3, 1e-5, 9_000), 1_000), globalClipNorm: 1}),
 *   loss: 'meanSquaredError',
 * });
 */
export class Adam extends AdaptiveOptimizer {
  /** `Adam` is TensorFlow.js's own. @nocollapse */
  static readonly className = 'DiscreteAdam';

  constructor(args: OptimizerArgs = {}) {
    super('Adam', args, {weightDecay: 0});
  }

  protected override numbersAt(t: number, rate: number): StepNumbers {
    return {
      l2: this.weightDecay,
      decay: 1,
      rootScale: 1 / Math.sqrt(1 - this.beta2 ** t),
      epsilon: this.epsilon,
      stepSize: rate / (1 - this.beta1 ** t),
    };
  }
}
