export {
  CONNECTION_KINDS,
  type ConnectionKind,
  type ConnectionsArgs,
  sampleConnections,
} from './connections.js';
export {decoupledCategorical} from './decoupledCategorical.js';
export {
  type BackwardContext,
  BUILT_IN_ESTIMATORS,
  type BuiltInEstimatorId,
  type Estimator,
  type EstimatorId,
  type ForwardResult,
  knownEstimators,
  type Rule,
  type Temperatures,
  type UnitKind,
} from './estimators/index.js';
export {
  GATE_COEFFICIENTS,
  GATE_NAMES,
  GATE_TRUTH,
  gateBit,
  gateCoefficients,
  TRUTH_TABLE_ROWS,
} from './gates.js';
export {type LogicGatesArgs, logicGates} from './logicGates.js';
export {gumbelNoise, logisticNoise, type RandomKey, randomUniform} from './random.js';
export type {SamplingArgs} from './samplingArgs.js';
export type {Schedule} from './schedules.js';
/** Values as functions of the epoch. */
export * as schedules from './schedules.js';
export {stochasticBinary} from './stochasticBinary.js';
export {stopGradient} from './stopGradient.js';
export {type StraightThroughRoundArgs, straightThroughRound} from './straightThroughRound.js';
export type {TemperatureArgs} from './temperatures.js';
