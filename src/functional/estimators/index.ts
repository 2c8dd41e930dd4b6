import {invalid, oneOf} from '../validate.js';
import {decoupled} from './decoupled.js';
import {decoupledGumbel} from './decoupledGumbel.js';
import type {Estimator, UnitKind} from './Estimator.js';
import {gumbel} from './gumbel.js';
import {gumbelSoftmax} from './gumbelSoftmax.js';
import {identity} from './identity.js';
import {reinMax} from './reinMax.js';
import {soft} from './soft.js';
import {softmax} from './softmax.js';

export type {BackwardContext, Estimator, ForwardResult, Rule, Temperatures, UnitKind} from './Estimator.js';
export {ruleFor} from './ruleFor.js';

/** The estimators that come with the package, in the order of the documentation's table. */
export const BUILT_IN_ESTIMATORS: readonly Estimator[] = [
  decoupled,
  softmax,
  identity,
  gumbel,
  decoupledGumbel,
  reinMax,
  gumbelSoftmax,
  soft,
];

/** What kinds of units are called in an error. */
const UNIT_NAMES: Readonly<Record<UnitKind, string>> = {
  categorical: 'categorical units',
  binary: 'binary units',
  gate: 'logic gates',
};

/** Ids of the estimators that come with the package. */
export type BuiltInEstimatorId =
  | 'decoupled'
  | 'softmax'
  | 'identity'
  | 'gumbel'
  | 'decoupledGumbel'
  | 'reinMax'
  | 'gumbelSoftmax'
  | 'soft';

/** Id of a built-in estimator, which editors complete, or of a registered one. */
export type EstimatorId = BuiltInEstimatorId | (string & {});

/** Where estimators beyond the built-in ones are looked up; `tfjs-discrete/registry` installs one. */
export type EstimatorSource = () => readonly Estimator[];

let installed: EstimatorSource = () => [];

/** Replaces the source of further estimators and returns the previous one. */
export function installEstimatorSource(source: EstimatorSource): EstimatorSource {
  const previous = installed;
  installed = source;
  return previous;
}

/**
 * Every estimator that `resolveEstimator` finds now.
 * @example
 * functional.knownEstimators(); // ['decoupled', 'softmax', ...]
 */
export function knownEstimators(): readonly Estimator[] {
  return [...BUILT_IN_ESTIMATORS, ...installed()];
}

/**
 * Finds an estimator that serves `unit` by its id.
 *
 * @throws an error that lists the known ids when there is none.
 */
export function resolveEstimator(owner: string, id: unknown, unit: UnitKind): Estimator {
  const serving = knownEstimators().filter(({units}) => units === undefined || units.includes(unit));
  const estimator = serving.find((candidate) => candidate.id === id);
  if (estimator !== undefined) return estimator;
  const known = serving.map((one) => one.id);
  const others = knownEstimators().find((candidate) => candidate.id === id)?.units;
  if (others === undefined) oneOf(owner, 'estimator', id, known);
  const kinds = others!.map((kind) => UNIT_NAMES[kind]).join(' and ');
  throw invalid(owner, 'estimator', `one of '${known.join("', '")}', since '${id}' is for ${kinds} only`, id);
}
