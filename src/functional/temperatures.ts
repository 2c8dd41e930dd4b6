import type {Estimator, Temperatures} from './estimators/Estimator.js';
import {invalid, nonNegative, positiveFloat32} from './validate.js';

/** Temperatures as users write them. `temperature` sets both. */
export interface TemperatureArgs {
  /** Temperature of the forward sample, >= 0; 0 takes the mode. Default 1; layers have defaults of their own. */
  forwardTemperature?: number;
  /** Temperature of the backward Jacobian, > 0. Default 1; layers have defaults of their own. */
  backwardTemperature?: number;
  /** Sets both temperatures. */
  temperature?: number;
}

/** Names of the options that set temperatures. */
export const TEMPERATURE_OPTIONS = ['forwardTemperature', 'backwardTemperature', 'temperature'] as const;

/**
 * Checks temperatures against what the estimator takes, and fills in what was left out.
 *
 * @param owner Class or function to name in errors.
 * @param defaults What is left out becomes these for an estimator with two temperatures, and 1 for the others.
 * @throws when a temperature is out of range or vanishes in `float32`, when `temperature` contradicts another one, when an estimator with a
 *   single temperature is given two different ones, or one without temperatures any but 1, which configs carry.
 */
export function resolveTemperatures(
  owner: string,
  estimator: Estimator,
  args: TemperatureArgs,
  defaults: Temperatures = {forward: 1, backward: 1},
): Temperatures {
  const {temperature, forwardTemperature, backwardTemperature} = args;
  const tied = estimator.temperatures !== 'both';
  if (estimator.temperatures === 'none') assertNoTemperature(owner, estimator, args);
  if (temperature !== undefined) {
    positiveFloat32(owner, 'temperature', temperature);
    for (const field of ['forwardTemperature', 'backwardTemperature'] as const) {
      const other = args[field];
      if (other !== undefined && other !== temperature) {
        throw invalid(owner, field, `left out or equal to \`temperature\` (${temperature})`, other);
      }
    }
  }
  if (forwardTemperature !== undefined) {
    const zeroAllowed = !tied && nonNegative(owner, 'forwardTemperature', forwardTemperature) === 0;
    if (!zeroAllowed) positiveFloat32(owner, 'forwardTemperature', forwardTemperature);
  }
  if (backwardTemperature !== undefined) positiveFloat32(owner, 'backwardTemperature', backwardTemperature);
  const given = temperature ?? (tied ? (forwardTemperature ?? backwardTemperature) : undefined);
  const forward = forwardTemperature ?? given ?? (tied ? 1 : defaults.forward);
  const backward = backwardTemperature ?? given ?? (tied ? 1 : defaults.backward);
  if (tied && forward !== backward) {
    throw invalid(
      owner,
      'backwardTemperature',
      `equal to \`forwardTemperature\` (${forward}), because estimator '${estimator.id}' takes a single temperature`,
      backward,
    );
  }
  const least = estimator.lowestTemperature;
  if (least !== undefined && forward < least) {
    throw invalid(owner, 'temperature', `>= ${least} for estimator '${estimator.id}'`, forward);
  }
  return {forward, backward};
}

/** @throws unless every temperature is left out or 1. */
function assertNoTemperature(owner: string, {id}: Estimator, args: TemperatureArgs): void {
  for (const field of ['temperature', 'forwardTemperature', 'backwardTemperature'] as const) {
    const value = args[field];
    if (value === undefined || value === 1) continue;
    throw invalid(owner, field, `left out or 1, because estimator '${id}' takes no temperatures`, value);
  }
}
