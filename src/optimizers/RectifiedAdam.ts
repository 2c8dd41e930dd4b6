import {AdaptiveOptimizer, type OptimizerArgs, type StepNumbers} from './AdaptiveOptimizer.js';

/** Below this length of the average, the second moment's variance cannot be computed. */
const SHORTEST = 5;

/**
 * RAdam: Adam whose steps are held back until its second moments can be relied on, a warm-up without a setting.
 *
 * While the second moment's average is short (5 steps with the default `beta2`), `p = p - learningRate * m / (1 - beta1^t)`;
 * from then on Adam's step times `r(t)`, which rises from near 0 to 1. `weightDecay * p` is added to the gradient.
 *
 * @throws If an option is out of its range, unknown, or more than one kind of clipping is asked for.
 * @see Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", arXiv:1908.03265, algorithm 2.
 * @example
 * model.compile({optimizer: optimizers.rectifiedAdam({learningRate: 1e-3}), loss: 'meanSquaredError'});
 */
export class RectifiedAdam extends AdaptiveOptimizer {
  /** @nocollapse */
  static readonly className = 'DiscreteRectifiedAdam';

  constructor(args: OptimizerArgs = {}) {
    super('RectifiedAdam', args, {weightDecay: 0});
  }

  protected override numbersAt(t: number, rate: number): StepNumbers {
    const {beta1, beta2, epsilon, weightDecay: l2} = this;
    const power = beta2 ** t;
    const longest = 2 / (1 - beta2) - 1;
    const length = longest - (2 * t * power) / (1 - power);
    const stepSize = rate / (1 - beta1 ** t);
    // Without its root, the second moment is left out: m is divided by 1.
    if (length <= SHORTEST) return {l2, decay: 1, rootScale: 0, epsilon: 1, stepSize};
    const variance = (n: number) => n / ((n - 4) * (n - 2));
    const rectification = Math.sqrt(variance(longest) / variance(length));
    return {l2, decay: 1, rootScale: 1, epsilon, stepSize: stepSize * rectification * Math.sqrt(1 - power)};
  }
}
