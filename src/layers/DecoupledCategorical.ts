import {type serialization, type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
import {invalid, wholeNumber} from '../functional/validate.js';
import {DiscreteLayer, type DiscreteLayerArgs} from './DiscreteLayer.js';
import {onlyInput, onlyShape} from './onlyInput.js';

/** Arguments of `layers.decoupledCategorical`. */
export interface DecoupledCategoricalArgs extends DiscreteLayerArgs {
  /** Splits the last axis into groups of this many categories. Left out: the whole axis is one group. */
  categories?: number | null;
}

const OPTIONS = ['categories'] as const satisfies readonly (keyof DecoupledCategoricalArgs)[];

/**
 * Samples one category per group and trains it by Decoupled Straight-Through.
 *
 * Input: logits (nats), `[batch, ..., groups * categories]`. Output: the same shape, one exact 1 per group
 * and zeros elsewhere. In training z ~ Categorical(softmax(l / tf)) forward and J(tb)^T dz backward; in
 * evaluation the mode, or a sample with `evaluation: 'sample'`. Default temperatures: 2 forward and 0.5
 * backward; single-temperature estimators start at 1.
 *
 * @throws when an argument is out of range, or when `categories` does not divide the last axis.
 * @see Shah et al., arXiv:2410.13331, sections 4 and 5.1.2.
 * @example
 * const layer = layers.decoupledCategorical({categories: 4});
 * const codes = layer.apply(tf.randomNormal([2, 12])); // three groups of four, one 1 in each
 */
export class DecoupledCategorical extends DiscreteLayer {
  /** @nocollapse */
  static readonly className = 'DecoupledCategorical';
  override readonly unit = 'categorical';
  /** Categories per group; undefined where the whole last axis is one group. */
  readonly categories: number | undefined;
  private axis: number | undefined;

  constructor(args: DecoupledCategoricalArgs = {}) {
    super(args, 'categorical', OPTIONS);
    const {categories} = args;
    this.categories =
      categories == null ? undefined : wholeNumber(this.getClassName(), 'categories', categories, 1);
    this.supportsMasking = true;
  }

  /** Categories per group; 0 before the layer knows its input when `categories` was left out. */
  override get categoriesPerGroup(): number {
    return this.categories ?? this.axis ?? 0;
  }

  override build(inputShape: Shape | Shape[]): void {
    const axis = onlyShape(this.getClassName(), inputShape).at(-1);
    if (axis != null && axis / this.groupsOf(axis) === 1) {
      console.warn(
        `${this.getClassName()}: \`categories\` of layer '${this.name}' is 1, so its output is always 1 and nothing before it ` +
          'learns; give it at least 2 logits per group.',
      );
    }
    this.axis = axis ?? undefined;
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[], kwargs?: {training?: boolean}): Tensor {
    return tidy(() => {
      const logits = onlyInput(this.getClassName(), inputs);
      const axis = logits.shape.at(-1)!;
      const groups = this.groupsOf(axis);
      const shape = groups === 1 ? logits.shape : [...logits.shape.slice(0, -1), groups, axis / groups];
      return this.sampleUnits(logits, kwargs?.training === true, shape);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return {...super.getConfig(), categories: this.categories ?? null};
  }

  private groupsOf(axis: number): number {
    if (this.categories === undefined) return 1;
    if (axis % this.categories === 0) return axis / this.categories;
    throw invalid(this.getClassName(), 'categories', `a divisor of the last axis (${axis})`, this.categories);
  }
}
