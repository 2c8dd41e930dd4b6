import {DecoupledCategorical, type DecoupledCategoricalArgs} from './DecoupledCategorical.js';
import {GroupSum, type GroupSumArgs} from './GroupSum.js';
import {LogicGateLayer, type LogicGateLayerArgs} from './LogicGateLayer.js';
import {StochasticBinary, type StochasticBinaryArgs} from './StochasticBinary.js';
import {StraightThroughRound, type StraightThroughRoundArgs} from './StraightThroughRound.js';
import {ThermometerEncoding, type ThermometerEncodingArgs} from './ThermometerEncoding.js';
import {VectorQuantizer, type VectorQuantizerArgs} from './VectorQuantizer.js';

/** A layer of categorical units; see `DecoupledCategorical`. */
export const decoupledCategorical = (args?: DecoupledCategoricalArgs) => new DecoupledCategorical(args);
/** A layer of binary units; see `StochasticBinary`. */
export const stochasticBinary = (args?: StochasticBinaryArgs) => new StochasticBinary(args);
/** A layer of logic gates; see `LogicGateLayer`. */
export const logicGateLayer = (args: LogicGateLayerArgs) => new LogicGateLayer(args);
/** Class scores from bits; see `GroupSum`. */
export const groupSum = (args: GroupSumArgs) => new GroupSum(args);
/** Bits from numbers; see `ThermometerEncoding`. */
export const thermometerEncoding = (args: ThermometerEncodingArgs) => new ThermometerEncoding(args);
/** Rounding with a straight-through gradient; see `StraightThroughRound`. */
export const straightThroughRound = (args?: StraightThroughRoundArgs) => new StraightThroughRound(args);
/** Vectors from a codebook; see `VectorQuantizer`. */
export const vectorQuantizer = (args: VectorQuantizerArgs) => new VectorQuantizer(args);
