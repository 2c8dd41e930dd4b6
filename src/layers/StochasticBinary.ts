import {mul, type serialization, sub, type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
import {oneOf} from '../functional/validate.js';
import {DiscreteLayer, type DiscreteLayerArgs} from './DiscreteLayer.js';
import {onlyInput} from './onlyInput.js';
import type {UsageCounts} from './UnitObserver.js';

/** Arguments of `layers.stochasticBinary`. */
export interface StochasticBinaryArgs extends DiscreteLayerArgs {
  /** The two values: 0 and 1, or -1 and 1. Default `zeroOne`. */
  values?: 'zeroOne' | 'plusMinusOne';
}

const OPTIONS = ['values'] as const satisfies readonly (keyof StochasticBinaryArgs)[];

/**
 * Samples one bit per unit and trains it by Decoupled Straight-Through.
 *
 * Input: log-odds (nats), any shape. Output: the same shape, exact values. In training
 * z ~ Bernoulli(sigmoid(l / tf)) forward and sigmoid'(l / tb) / tb backward; in evaluation 1 where l > 0, or
 * a sample with `evaluation: 'sample'`. With `plusMinusOne` the output is 2z - 1 and its gradient twice as large.
 * Default temperatures: 0.1 forward and 0.7 backward; single-temperature estimators start at 1.
 *
 * @throws when an argument is out of range.
 * @see Shah et al., arXiv:2410.13331, section 5.1.1.
 * @example
 * const layer = layers.stochasticBinary({values: 'plusMinusOne'});
 * const signs = layer.apply(tf.tensor2d([[-3, 2]])); // -1 and 1
 */
export class StochasticBinary extends DiscreteLayer {
  /** @nocollapse */
  static readonly className = 'StochasticBinary';
  override readonly unit = 'binary';
  override readonly categoriesPerGroup = 2;
  /** The two values of a unit. */
  readonly values: 'zeroOne' | 'plusMinusOne';

  constructor(args: StochasticBinaryArgs = {}) {
    super(args, 'binary', OPTIONS);
    const {values = 'zeroOne'} = args;
    this.values = oneOf(this.getClassName(), 'values', values, ['zeroOne', 'plusMinusOne']);
    this.supportsMasking = true;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[], kwargs?: {training?: boolean}): Tensor {
    return tidy(() => {
      const z = this.sampleUnits(onlyInput(this.getClassName(), inputs), kwargs?.training === true);
      return this.values === 'zeroOne' ? z : sub(mul(z, 2), 1);
    });
  }

  /** How often each unit was 1, and how often 0. */
  override async usage(sums: Float32Array | undefined, rows: number): Promise<UsageCounts | undefined> {
    return sums && Array.from(sums, (ones) => [ones, rows - ones]);
  }

  override getConfig(): serialization.ConfigDict {
    return {...super.getConfig(), values: this.values};
  }
}
