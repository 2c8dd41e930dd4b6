import {
  customGrad,
  expandDims,
  reshape,
  type serialization,
  step,
  sub,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import type {LayerArgs} from '@tensorflow/tfjs-layers/dist/engine/topology.js';
import type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
import type {LayerVariable} from '@tensorflow/tfjs-layers/dist/variables.js';
import {checkReal} from '../functional/asFloat32.js';
import {assertNoNaN} from '../functional/assertNoNaN.js';
import {invalid, oneOf, wholeNumber} from '../functional/validate.js';
import {fromValues} from './fromValues.js';
import {onlyInput, onlyShape} from './onlyInput.js';
import {checkedLayerArgs, fromSavedConfig} from './options.js';
import {SPACINGS, type Spacing, spacedThresholds} from './thresholds.js';

/** Arguments of `layers.thermometerEncoding`. */
export interface ThermometerEncodingArgs extends LayerArgs {
  /** The thresholds, rising, or how many there are. */
  thresholds: number | number[];
  /** How `adapt` fits a number of thresholds: evenly over the range, or at quantiles. Default `uniform`. */
  spacing?: Spacing;
  /** Whether `adapt` fits separate thresholds for each feature of the last axis. Default false. */
  perFeature?: boolean;
  /** Written by saving: whether `adapt` has fitted the thresholds. */
  adapted?: boolean;
}

const OPTIONS = [
  'thresholds',
  'spacing',
  'perFeature',
  'adapted',
] as const satisfies readonly (keyof ThermometerEncodingArgs)[];

/**
 * Turns each number into bits, one per threshold: 1 where the number is above it.
 *
 * Input: `[batch, ..., features]`. Output: `[batch, ..., features * thresholds]`, a feature's bits side by
 * side. A number n of thresholds stands for i / (n + 1), i = 1 to n, until `adapt` fits them to data.
 * Weight: `thresholds`, `[n]` or `[features, n]`, not trainable. There is no gradient. NaN gives NaN bits.
 *
 * @throws when an argument is out of range, when `spacing` is `quantile` and `adapt` was not called, when a
 *   gradient flows through it, or, in development, when an input is NaN.
 * @see Petersen et al., arXiv:2210.08277, section 4 (CIFAR-10 inputs); Bacellar et al., "Differentiable
 *   Weightless Neural Networks", arXiv:2410.11112, on quantiles.
 * @example
 * const layer = layers.thermometerEncoding({thresholds: [0.5]});
 * const bits = layer.apply(tf.tensor2d([[0.2, 0.8]])); // [[0, 1]]
 */
export class ThermometerEncoding extends layers.Layer {
  /** @nocollapse */
  static readonly className = 'ThermometerEncoding';
  /** How the thresholds are fitted. */
  readonly spacing: Spacing;
  /** Whether every feature has thresholds of its own. */
  readonly perFeature: boolean;
  private readonly given: number | number[];
  private adapted: boolean;
  private fitted: Float32Array | undefined;
  private thresholds: LayerVariable | undefined;

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    return fromSavedConfig(cls, config);
  }

  constructor(args: ThermometerEncodingArgs = {} as ThermometerEncodingArgs) {
    super(checkedLayerArgs(new.target, args, OPTIONS));
    const owner = this.getClassName();
    const {thresholds, spacing = 'uniform', perFeature = false, adapted = false} = args;
    this.given = Array.isArray(thresholds)
      ? checkThresholds(owner, thresholds)
      : wholeNumber(owner, 'thresholds', thresholds, 1);
    this.spacing = oneOf(owner, 'spacing', spacing, SPACINGS);
    if (typeof perFeature !== 'boolean') throw invalid(owner, 'perFeature', 'true or false', perFeature);
    if (typeof adapted !== 'boolean') throw invalid(owner, 'adapted', 'true or false', adapted);
    this.perFeature = perFeature;
    this.adapted = adapted;
    this.supportsMasking = true;
  }

  /** Number of thresholds per feature. */
  get levels(): number {
    return Array.isArray(this.given) ? this.given.length : this.given;
  }

  /**
   * Fits the thresholds to data, as Keras' preprocessing layers do. Call it before or after the layer
   * joins a model.
   *
   * @param data `[samples, ..., features]`; it is read, not kept.
   * @throws when the thresholds were given, the data hold no finite number, or, with `perFeature`, other features than
   *   the layer's input.
   */
  async adapt(data: Tensor): Promise<this> {
    const owner = this.getClassName();
    if (Array.isArray(this.given)) {
      throw invalid(owner, 'thresholds', 'a number for `adapt` to fit them', this.given);
    }
    checkReal(owner, 'data', data);
    const features = data.shape.at(-1) ?? 1;
    const values = (await data.data()) as Float32Array;
    if (this.perFeature && this.thresholds !== undefined) {
      checkFeatures(owner, features, this.thresholds.shape[0]!);
    }
    const fitted = spacedThresholds(owner, this.spacing, values, this.given, this.perFeature ? features : 1);
    const weight = this.thresholds;
    if (weight !== undefined) {
      tidy(() => {
        weight.write(tensor(fitted, weight.shape as number[]));
      });
    }
    this.fitted = fitted;
    this.adapted = true;
    return this;
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = wholeNumber(
      this.getClassName(),
      'features',
      onlyShape(this.getClassName(), inputShape).at(-1),
      1,
    );
    if (this.perFeature && this.fitted !== undefined) {
      checkFeatures(this.getClassName(), this.fitted.length / this.levels, features);
    }
    const weightShape = this.perFeature ? [features, this.levels] : [this.levels];
    this.thresholds = this.addWeight(
      'thresholds',
      weightShape,
      'float32',
      fromValues(() => this.initialThresholds(features)),
      undefined,
      false,
    );
    super.build(inputShape);
  }

  private initialThresholds(features: number): Float32Array | number[] {
    if (this.fitted !== undefined) return this.fitted;
    const even = () => Array.from({length: this.levels}, (_, i) => (i + 1) / (this.levels + 1));
    const single = Array.isArray(this.given) ? this.given : even();
    return this.perFeature ? Array.from({length: features}, () => single).flat() : single;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const features = wholeNumber(this.getClassName(), 'features', inputShape.at(-1), 1);
    return [...inputShape.slice(0, -1), features * this.levels];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    if (this.spacing === 'quantile' && !this.adapted && !Array.isArray(this.given)) {
      throw invalid(
        this.getClassName(),
        'thresholds',
        'fitted by `adapt` before use with quantiles',
        this.given,
      );
    }
    return tidy(() => {
      const x = onlyInput(this.getClassName(), inputs);
      assertNoNaN(this.getClassName(), 'inputs', x);
      const thresholds = this.thresholds!.read();
      const encode = customGrad((input) => ({
        value: step(sub(expandDims(input as Tensor, -1), thresholds)), // NaN stays NaN
        gradFunc: () => {
          throw new Error(`${this.getClassName()}: it has no gradient; put trainable layers after it.`);
        },
      }));
      return reshape(encode(x), this.computeOutputShape(x.shape) as number[]);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      thresholds: this.given,
      spacing: this.spacing,
      perFeature: this.perFeature,
      adapted: this.adapted,
    };
  }
}

/** @throws unless the data that `adapt` was given have as many features as the input. */
function checkFeatures(owner: string, ofData: number, ofInput: number): void {
  if (ofData !== ofInput) throw invalid(owner, 'data', `of ${ofInput} features, like the input`, ofData);
}

function checkThresholds(owner: string, thresholds: number[]): number[] {
  const rising = thresholds.every(
    (value, i) => Number.isFinite(value) && (i === 0 || value > thresholds[i - 1]!),
  );
  if (thresholds.length > 0 && rising) return [...thresholds];
  throw invalid(owner, 'thresholds', 'finite numbers, rising, at least one', thresholds);
}
