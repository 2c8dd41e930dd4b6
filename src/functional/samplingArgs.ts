import type {Tensor} from '@tensorflow/tfjs-core';
import {checkOptions} from './checkOptions.js';
import {type EstimatorId, resolveEstimator, ruleFor, type UnitKind} from './estimators/index.js';
import {type RandomKey, toRandomKey} from './random.js';
import type {Sampling} from './Sampling.js';
import {resolveTemperatures, type TemperatureArgs} from './temperatures.js';
import {optionalFunction} from './validate.js';

/** Arguments of the functions for discrete units: everything random or tunable. */
export interface SamplingArgs extends TemperatureArgs {
  /** Id of a built-in or registered estimator. Default `decoupled`. */
  estimator?: EstimatorId;
  /** The same seed repeats the same samples. */
  seed: number | RandomKey;
  /** Called in each backward pass with dL/dlogits; it must not dispose it. */
  onGradient?: (dlogits: Tensor) => void;
}

/** Names of the options in `SamplingArgs`. */
export const SAMPLING_OPTIONS = [
  'forwardTemperature',
  'backwardTemperature',
  'temperature',
  'estimator',
  'seed',
  'onGradient',
] as const satisfies readonly (keyof SamplingArgs)[];

/**
 * Checks a function's arguments.
 *
 * @param owner The function to name in errors.
 * @param options Names of the options that it takes.
 * @throws when an option is unknown, or the estimator, a temperature, the seed or `onGradient` does not fit.
 */
export function resolveSampling(
  owner: string,
  unit: UnitKind,
  args: SamplingArgs = {} as SamplingArgs,
  options: readonly string[] = SAMPLING_OPTIONS,
): Sampling {
  checkOptions(owner, args, options);
  const estimator = resolveEstimator(owner, args.estimator ?? 'decoupled', unit);
  return {
    owner,
    rule: ruleFor(estimator, unit),
    temperatures: resolveTemperatures(owner, estimator, args),
    key: toRandomKey(owner, args.seed),
    onGradient: optionalFunction(owner, 'onGradient', args.onGradient),
  };
}
