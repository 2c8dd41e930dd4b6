import {argMax, type serialization, type Tensor, tensor2d, tidy} from '@tensorflow/tfjs-core';
import type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
import type {LayerVariable} from '@tensorflow/tfjs-layers/dist/variables.js';
import {
  assertEnoughPairs,
  CONNECTION_KINDS,
  type ConnectionKind,
  connectUnits,
} from '../functional/connections.js';
import {sampleLogicGates} from '../functional/logicGates.js';
import {oneOf, positiveFloat32, wholeNumber} from '../functional/validate.js';
import {DiscreteLayer, type DiscreteLayerArgs} from './DiscreteLayer.js';
import {fromValues} from './fromValues.js';
import {
  checkResidualProbability,
  GATE_INITIALIZERS,
  type GateInitializer,
  initialGates,
} from './initialGates.js';
import {onlyInput, onlyShape} from './onlyInput.js';
import type {UsageCounts} from './UnitObserver.js';
import {warnOutsideRange} from './warnOutsideRange.js';

/** Arguments of `layers.logicGateLayer`. */
export interface LogicGateLayerArgs extends DiscreteLayerArgs {
  /** Number of gates. */
  units: number;
  /** How the inputs of gates are chosen: `unique` pairs near inputs, `balanced` any, each pair once. Default `random`. */
  connections?: ConnectionKind;
  /** Initial gate logits: near "pass A on", or standard normal, as in difflogic. Default `residual`. */
  gateInitializer?: GateInitializer;
  /** With `residual`: probability that a new unit's output, sampled at the forward temperature, equals A, between 7/15 and 1. Default 0.99. */
  residualProbability?: number;
  /** Multiplies the gradient that reaches the inputs. Default 1. */
  gradientFactor?: number;
}

const OPTIONS = [
  'units',
  'connections',
  'gateInitializer',
  'residualProbability',
  'gradientFactor',
] as const satisfies readonly (keyof LogicGateLayerArgs)[];

/**
 * Differentiable two-input logic gates, sampled and trained by Decoupled Straight-Through.
 *
 * Input: values from 0 to 1, `[batch, ..., inputs]`. Output: `[batch, ..., units]`. In training every unit
 * samples one of 16 gates per step, shared by the batch; in evaluation it takes the mode, or a sample
 * with `evaluation: 'sample'`. Weights: `gates` `[units, 16]`, and `connections` `[units, 2]`, the indices of both inputs,
 * `int32`, not trainable. Default temperatures: 0.01 forward and 0.015 backward, chosen for Adam's default learning rate of
 * 0.001; single-temperature estimators start at 1. At a rate of 0.01, as difflogic's, use higher temperatures, such
 * as the papers' 0.1 and 2.
 *
 * @throws when an argument is out of range, or unique or balanced connections ask for more units than there are pairs.
 * @see Petersen et al., "Deep Differentiable Logic Gate Networks", arXiv:2210.08277; Shah et al.,
 *   arXiv:2410.13331, section 5.1.3.
 * @example
 * const layer = layers.logicGateLayer({units: 8, connections: 'unique'});
 * const y1 = layer.apply(tf.tensor2d([[0, 1, 1, 0, 1]])); // [1, 8]
 */
export class LogicGateLayer extends DiscreteLayer {
  /** @nocollapse */
  static readonly className = 'LogicGateLayer';
  override readonly unit = 'gate';
  override readonly categoriesPerGroup = 16;
  /** Number of gates. */
  readonly units: number;
  /** How the two inputs of each gate were chosen. */
  readonly connectionKind: ConnectionKind;
  /** How the gate logits are initialized. */
  readonly gateInitializer: GateInitializer;
  /** Initial probability that a gate passes its first input on (`residual`). */
  readonly residualProbability: number;
  /** Factor of the gradient that reaches the inputs. */
  readonly gradientFactor: number;
  private gates: LayerVariable | undefined;
  private connections: LayerVariable | undefined;
  private inputs = 0;
  private readonly rangeChecked = {training: false, evaluation: false};

  constructor(args: LogicGateLayerArgs = {} as LogicGateLayerArgs) {
    super(args, 'gate', OPTIONS);
    const owner = this.getClassName();
    const {connections = 'random', gateInitializer = 'residual', residualProbability = 0.99} = args;
    this.units = wholeNumber(owner, 'units', args.units, 1);
    this.connectionKind = oneOf(owner, 'connections', connections, CONNECTION_KINDS);
    this.gateInitializer = oneOf(owner, 'gateInitializer', gateInitializer, GATE_INITIALIZERS);
    this.residualProbability = checkResidualProbability(owner, residualProbability);
    this.gradientFactor = positiveFloat32(owner, 'gradientFactor', args.gradientFactor ?? 1);
    this.supportsMasking = true;
  }

  override build(inputShape: Shape | Shape[]): void {
    const owner = this.getClassName();
    const inputs = wholeNumber(owner, 'inputs', onlyShape(this.getClassName(), inputShape).at(-1), 2);
    this.inputs = inputs;
    assertEnoughPairs(owner, this.connectionKind, inputs, this.units);
    const gates = fromValues(() => this.initialGates());
    this.gates = this.addWeight('gates', [this.units, 16], 'float32', gates);
    this.connections = this.addWeight(
      'connections',
      [this.units, 2],
      'int32',
      fromValues(() => this.initialConnections()),
      undefined,
      false,
    );
    super.build(inputShape);
  }

  protected override initializeAgain(): void {
    tidy(() => {
      this.gates!.write(tensor2d(this.initialGates(), [this.units, 16]));
      this.connections!.write(tensor2d(this.initialConnections(), [this.units, 2], 'int32'));
    });
  }

  private initialGates(): Float32Array {
    const key = this.initializationKey('gates');
    const temperature = this.forwardTemperature || 1; // at 0 every logit above the others will do
    return initialGates(this.gateInitializer, this.units, this.residualProbability, temperature, key);
  }

  private initialConnections(): Int32Array {
    const key = this.initializationKey('connections');
    return connectUnits(this.getClassName(), this.connectionKind, this.inputs, this.units, key);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return [...inputShape.slice(0, -1), this.units];
  }

  override call(inputs: Tensor | Tensor[], kwargs?: {training?: boolean}): Tensor {
    this.settle();
    return tidy(() => {
      const x = onlyInput(this.getClassName(), inputs);
      const training = kwargs?.training === true;
      this.checkRangeOnce(x, training);
      const onGradient = this.gradientListener(training, x.size / x.shape.at(-1)!, x.shape[0]!);
      return sampleLogicGates(x, this.gates!.read(), this.connections!.read(), this.gradientFactor, {
        ...this.nextSampling(training),
        onGradient,
      });
    });
  }

  /** The histogram of the modes of the units, whatever was sampled. */
  override async usage(): Promise<UsageCounts> {
    const gates = this.gateModes();
    const counts = new Array<number>(this.categoriesPerGroup).fill(0);
    for (const gate of await gates.data()) counts[gate]!++;
    gates.dispose();
    return [counts];
  }

  /** Looks at the first inputs in training and the first in evaluation alone, because it takes a pass over them. */
  private checkRangeOnce(x: Tensor, training: boolean): void {
    const mode = training ? 'training' : 'evaluation';
    if (this.rangeChecked[mode]) return;
    this.rangeChecked[mode] = true;
    warnOutsideRange(this.getClassName(), this.name, x);
  }

  /** The mode of each unit's gates, `[units]`, `int32`; the caller disposes it. */
  gateModes(): Tensor {
    if (this.gates === undefined) {
      const owner = `${this.getClassName()}.gateModes`;
      throw new Error(
        `${owner}: layer '${this.name}' has no gates yet; put it into a model, or apply it, first.`,
      );
    }
    this.settle();
    return tidy(() => argMax(this.gates!.read(), 1));
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      units: this.units,
      connections: this.connectionKind,
      gateInitializer: this.gateInitializer,
      residualProbability: this.residualProbability,
      gradientFactor: this.gradientFactor,
    };
  }
}
