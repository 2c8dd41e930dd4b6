import {checkOptions} from '../functional/checkOptions.js';
import type {Estimator} from '../functional/index.js';
import {invalid, oneOf, positive} from '../functional/validate.js';

const ESTIMATOR_FIELDS = [
  'id',
  'temperatures',
  'lowestTemperature',
  'units',
  'categorical',
  'binary',
  'gate',
] as const satisfies readonly (keyof Estimator)[];

/** Ids that survive saving, which rewrites strings to snake_case and back. */
const PLAIN_CAMEL_CASE = /^[a-z]+([A-Z][a-z]+)*$/;

/**
 * Checks that an object is an estimator whose id a saved model can carry.
 *
 * @throws when a part is missing or of the wrong kind.
 */
export function checkEstimator(estimator: Estimator): void {
  const owner = 'Estimator';
  if (typeof estimator !== 'object' || estimator === null) {
    throw invalid('Registry', 'estimator', 'an object with an id and rules', estimator);
  }
  checkOptions(owner, estimator, ESTIMATOR_FIELDS);
  const {id, temperatures, lowestTemperature, units, categorical, binary, gate} = estimator;
  if (typeof id !== 'string' || !PLAIN_CAMEL_CASE.test(id)) {
    throw invalid(owner, 'id', 'letters in plain camelCase, which saving does not change', id);
  }
  oneOf(owner, 'temperatures', temperatures, ['both', 'one', 'none']);
  if (lowestTemperature !== undefined) positive(owner, 'lowestTemperature', lowestTemperature);
  if (units !== undefined && !(Array.isArray(units) && units.length > 0)) {
    throw invalid(owner, 'units', 'left out or at least one kind of unit', units);
  }
  for (const unit of units ?? []) oneOf(owner, 'units', unit, ['categorical', 'binary', 'gate']);
  for (const [field, rule] of Object.entries({categorical, ...(binary && {binary}), ...(gate && {gate})})) {
    for (const pass of ['forward', 'backward'] as const) {
      if (typeof rule?.[pass] !== 'function')
        throw invalid(owner, `${field}.${pass}`, 'a function', rule?.[pass]);
    }
    if (rule.jacobianAt !== undefined && typeof rule.jacobianAt !== 'function') {
      throw invalid(owner, `${field}.jacobianAt`, 'left out or a function', rule.jacobianAt);
    }
  }
}
