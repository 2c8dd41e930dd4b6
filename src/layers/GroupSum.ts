import {
  customGrad,
  div,
  mul,
  ones,
  reshape,
  type serialization,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import type {LayerArgs} from '@tensorflow/tfjs-layers/dist/engine/topology.js';
import type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
import {invalid, positiveFloat32, wholeNumber} from '../functional/validate.js';
import {onlyInput, onlyShape} from './onlyInput.js';
import {checkedLayerArgs, fromSavedConfig} from './options.js';

/** Arguments of `layers.groupSum`. */
export interface GroupSumArgs extends LayerArgs {
  /** Number of groups, one per output. */
  groups: number;
  /** What each sum is divided by, > 0. Default a quarter of the square root of the number of units per group. */
  temperature?: number | null;
}

const OPTIONS = ['groups', 'temperature'] as const satisfies readonly (keyof GroupSumArgs)[];

/**
 * Counts the ones of each group: turns bits into class scores.
 *
 * Input: `[batch, ..., inputs]`. Output: `[batch, ..., groups]`, the sums of `groups` equal, neighbouring
 * parts of the last axis, divided by `temperature`. By default that is a quarter of the square root of the number of
 * units per group, half the standard deviation of a sum of so many fair bits, which one layer of gates needs to pass 90 % on MNIST;
 * deep networks and harder tasks do better with two to four times as much, see docs/results/gateDefaults.md.
 *
 * @throws when an argument is out of range, or `groups` does not divide the last axis.
 * @see Petersen et al., arXiv:2210.08277, section 3.
 * @example
 * const layer = layers.groupSum({groups: 10});
 * layer.computeOutputShape([null, 4000]); // [null, 10]
 */
export class GroupSum extends layers.Layer {
  /** @nocollapse */
  static readonly className = 'GroupSum';
  /** Number of groups, that is, of class scores. */
  readonly groups: number;
  private readonly givenTemperature: number | undefined;
  private unitsPerGroup: number | undefined;

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    return fromSavedConfig(cls, config);
  }

  constructor(args: GroupSumArgs = {} as GroupSumArgs) {
    super(checkedLayerArgs(new.target, args, OPTIONS));
    this.groups = wholeNumber(this.getClassName(), 'groups', args.groups, 1);
    const {temperature} = args;
    this.givenTemperature =
      temperature == null ? undefined : positiveFloat32(this.getClassName(), 'temperature', temperature);
    this.supportsMasking = true;
  }

  /** What each sum is divided by; undefined where it was left out and the layer does not know its input yet. */
  get temperature(): number | undefined {
    return this.givenTemperature ?? (this.unitsPerGroup && Math.sqrt(this.unitsPerGroup) / 4);
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(this.getClassName(), inputShape);
    this.computeOutputShape(shape);
    this.unitsPerGroup = shape.at(-1)! / this.groups;
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const inputs = inputShape.at(-1);
    if (inputs == null || inputs % this.groups !== 0) {
      throw invalid(this.getClassName(), 'groups', `a divisor of the last axis (${inputs})`, this.groups);
    }
    return [...inputShape.slice(0, -1), this.groups];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = onlyInput(this.getClassName(), inputs);
      const shape = this.computeOutputShape(x.shape) as number[];
      const size = x.shape.at(-1)! / this.groups;
      const total = reshape(sumOfRows(reshape(x, [-1, size])), shape);
      const temperature = this.temperature!;
      return temperature === 1 ? total : div(total, temperature);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return {...super.getConfig(), groups: this.groups, temperature: this.temperature ?? null};
  }
}

/** Sum of each row, `[rows, columns]` to `[rows]`. The gradient of TensorFlow.js's own fills a tensor as large as x in JavaScript. */
function sumOfRows(x: Tensor): Tensor {
  const [rows, columns] = x.shape as [number, number];
  return customGrad((x) => ({
    value: sum(x as Tensor, 1),
    gradFunc: (dy: Tensor) => mul(reshape(dy, [rows, 1]), ones([1, columns])),
  }))(x);
}
