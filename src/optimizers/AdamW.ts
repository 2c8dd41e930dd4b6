import {AdaptiveOptimizer, type OptimizerArgs, type StepNumbers} from './AdaptiveOptimizer.js';

/**
 * Adam with weight decay apart from the gradient: `p = (1 - learningRate * weightDecay) p` before Adam's step.
 *
 * `weightDecay` is 0.01 by default, as in PyTorch. It applies to every trainable weight, biases included.
 *
 * @throws If an option is out of its range, unknown, or more than one kind of clipping is asked for.
 * @see Loshchilov, Hutter, "Decoupled Weight Decay Regularization", arXiv:1711.05101, algorithm 2.
 * @example
 * model.compile({optimizer: optimizers.adamW({learningRate: 1e-3, weightDecay: 0.05}), loss: 'meanSquaredError'});
 */
export class AdamW extends AdaptiveOptimizer {
  /** @nocollapse */
  static readonly className = 'DiscreteAdamW';

  constructor(args: OptimizerArgs = {}) {
    super('AdamW', args, {weightDecay: 0.01});
  }

  protected override numbersAt(t: number, rate: number): StepNumbers {
    return {
      l2: 0,
      decay: 1 - rate * this.weightDecay,
      rootScale: 1 / Math.sqrt(1 - this.beta2 ** t),
      epsilon: this.epsilon,
      stepSize: rate / (1 - this.beta1 ** t),
    };
  }
}
