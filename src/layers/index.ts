import {DecoupledCategorical, type DecoupledCategoricalArgs} from './DecoupledCategorical.js';
import {GroupSum, type GroupSumArgs} from './GroupSum.js';
import {LogicGateLayer, type LogicGateLayerArgs} from './LogicGateLayer.js';
import {StochasticBinary, type StochasticBinaryArgs} from './StochasticBinary.js';
import {StraightThroughRound, type StraightThroughRoundArgs} from './StraightThroughRound.js';
import {ThermometerEncoding, type ThermometerEncodingArgs} from './ThermometerEncoding.js';
import {VectorQuantizer, type VectorQuantizerArgs} from './VectorQuantizer.js';

export type {ConnectionKind} from '../functional/index.js';
export {DiscreteLayer, type DiscreteLayerArgs, type Evaluation} from './DiscreteLayer.js';
export type {GateInitializer} from './initialGates.js';
export {isSchedulable, type SchedulableLayer} from './SchedulableLayer.js';
export type {Spacing} from './thresholds.js';
export {isObservable, type ObservableLayer, type UnitObserver, type UsageCounts} from './UnitObserver.js';
export {
  DecoupledCategorical,
  type DecoupledCategoricalArgs,
  GroupSum,
  type GroupSumArgs,
  LogicGateLayer,
  type LogicGateLayerArgs,
  StochasticBinary,
  type StochasticBinaryArgs,
  StraightThroughRound,
  type StraightThroughRoundArgs,
  ThermometerEncoding,
  type ThermometerEncodingArgs,
  VectorQuantizer,
  type VectorQuantizerArgs,
};

/** Every layer class of the package, as `tf.serialization` and the registry take them in. */
export const LAYER_CLASSES = [
  DecoupledCategorical,
  StochasticBinary,
  LogicGateLayer,
  GroupSum,
  ThermometerEncoding,
  StraightThroughRound,
  VectorQuantizer,
] as const;
