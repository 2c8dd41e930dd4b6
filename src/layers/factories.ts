import {DecoupledCategorical, type DecoupledCategoricalArgs} from './DecoupledCategorical.js';
import {GroupSum, type GroupSumArgs} from './GroupSum.js';
import {LogicGateLayer, type LogicGateLayerArgs} from './LogicGateLayer.js';
import {StochasticBinary, type StochasticBinaryArgs} from './StochasticBinary.js';
import {StraightThroughRound, type StraightThroughRoundArgs} from './StraightThroughRound.js';
import {ThermometerEncoding, type ThermometerEncodingArgs} from './ThermometerEncoding.js';
import {VectorQuantizer, type VectorQuantizerArgs} from './VectorQuantizer.js';

/**
 * A layer of categorical units; see `DecoupledCategorical`.
 * @example
 * const encoder = tf.sequential();
 * encoder.add(tf.layers.dense({units: 32, inputShape: [784]}));
 * encoder.add(layers.decoupledCategorical({categories: 8, forwardTemperature: 2, backwardTemperature: 0.5}));
 */
export const decoupledCategorical = (args?: DecoupledCategoricalArgs) => new DecoupledCategorical(args);
/**
 * A layer of binary units; see `StochasticBinary`.
 * @example
 * const bits = tf.sequential();
 * bits.add(tf.layers.dense({units: 200, inputShape: [784]}));
 * bits.add(layers.stochasticBinary({forwardTemperature: 0.1, backwardTemperature: 0.7, seed: 1}));
 */
export const stochasticBinary = (args?: StochasticBinaryArgs) => new StochasticBinary(args);
/**
 * A layer of logic gates; see `LogicGateLayer`.
 * @example
 * const network = tf.sequential();
 * network.add(layers.logicGateLayer({units: 64, inputShape: [16], forwardTemperature: 0.1, backwardTemperature: 2}));
 * network.add(layers.groupSum({groups: 2}));
 */
export const logicGateLayer = (args: LogicGateLayerArgs) => new LogicGateLayer(args);
/**
 * Class scores from bits; see `GroupSum`.
 * @example
 * const scores = layers.groupSum({groups: 2, temperature: 1}).apply(tf.tensor2d([[1, 0, 1, 1]])); // [[1, 2]]
 */
export const groupSum = (args: GroupSumArgs) => new GroupSum(args);
/**
 * Bits from numbers; see `ThermometerEncoding`.
 * @example
 * const layer = layers.thermometerEncoding({thresholds: 3, inputShape: [784]}); // thresholds 0.25, 0.5, 0.75
 */
export const thermometerEncoding = (args: ThermometerEncodingArgs) => new ThermometerEncoding(args);
/**
 * Rounding with a straight-through gradient; see `StraightThroughRound`.
 * @example
 * const layer = layers.straightThroughRound({levels: 2}); // 0 or 1
 */
export const straightThroughRound = (args?: StraightThroughRoundArgs) => new StraightThroughRound(args);
/**
 * Vectors from a codebook; see `VectorQuantizer`.
 * @example
 * const layer = layers.vectorQuantizer({codes: 64, forwardTemperature: 0.1, backwardTemperature: 1, seed: 1});
 * const quantized = layer.apply(tf.randomNormal([2, 7, 7, 16])); // the same shape
 */
export const vectorQuantizer = (args: VectorQuantizerArgs) => new VectorQuantizer(args);
