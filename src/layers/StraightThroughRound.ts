import {type serialization, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import type {LayerArgs} from '@tensorflow/tfjs-layers/dist/engine/topology.js';
import type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
import {straightThroughRound} from '../functional/straightThroughRound.js';
import {wholeNumber} from '../functional/validate.js';
import {onlyInput} from './onlyInput.js';

/** Arguments of `layers.straightThroughRound`. */
export interface StraightThroughRoundArgs extends LayerArgs {
  /** How many evenly spaced values from 0 to 1 there are, >= 2. Left out: all integers. */
  levels?: number | null;
}

/**
 * Rounds, and lets the gradient pass unchanged; see `functional.straightThroughRound`.
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

  constructor(args: StraightThroughRoundArgs = {}) {
    super(args);
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
