import {type serialization, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import type {LayerArgs} from '@tensorflow/tfjs-layers/dist/engine/topology.js';
import type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
import {straightThroughRound} from '../functional/straightThroughRound.js';
import {wholeNumber} from '../functional/validate.js';
import {onlyInput} from './onlyInput.js';
import {checkedLayerArgs, fromSavedConfig} from './options.js';

/** Arguments of `layers.straightThroughRound`. */
export interface StraightThroughRoundArgs extends LayerArgs {
  /** How many evenly spaced values from 0 to 1 there are, >= 2. Left out: all integers. */
  levels?: number | null;
}

const OPTIONS = ['levels'] as const satisfies readonly (keyof StraightThroughRoundArgs)[];

/**
 * Rounds with a straight-through gradient, zero where `levels` clips; see `functional.straightThroughRound`.
 *
 * Input: any shape. Output: the same shape. In training and evaluation alike.
 *
 * @throws when `levels` is not a whole number >= 2.
 * @example
 * const rounded = layers.straightThroughRound().apply(tf.tensor2d([[0.4, 1.6]])); // [[0, 2]]
 */
export class StraightThroughRound extends layers.Layer {
  /** @nocollapse */
  static readonly className = 'StraightThroughRound';
  /** Number of levels from 0 to 1; undefined for all integers. */
  readonly levels: number | undefined;

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    return fromSavedConfig(cls, config);
  }

  constructor(args: StraightThroughRoundArgs = {}) {
    super(checkedLayerArgs(new.target, args, OPTIONS));
    const {levels} = args;
    this.levels = levels == null ? undefined : wholeNumber(this.getClassName(), 'levels', levels, 2);
    this.supportsMasking = true;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() =>
      straightThroughRound(
        onlyInput(this.getClassName(), inputs),
        this.levels === undefined ? {} : {levels: this.levels},
      ),
    );
  }

  override getConfig(): serialization.ConfigDict {
    return {...super.getConfig(), levels: this.levels ?? null};
  }
}
