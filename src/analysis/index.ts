export type {CodeLoss} from './CodeLoss.js';
export {
  type EpochWithoutLearningArgs,
  epochWithoutLearning,
  lossGradients,
} from './epochWithoutLearning.js';
export {
  type BiasVariance,
  biasVariance,
  type EstimatorMoments,
  type EstimatorMomentsArgs,
  estimatorMoments,
} from './estimatorMoments.js';
export {type ExactGradient, type ExactGradientArgs, exactGradient} from './exactGradient.js';
export {type GateDistribution, gateDistribution} from './gateDistribution.js';
export {type GradientGap, type GradientGapArgs, gradientGap} from './gradientGap.js';
export {type SignalToNoise, signalToNoise} from './signalToNoise.js';
export {
  type BackwardPoint,
  type DeadCriterion,
  type ForwardPoint,
  type SweepBackwardArgs,
  type SweepForwardArgs,
  sweepBackward,
  sweepForward,
} from './sweeps.js';
