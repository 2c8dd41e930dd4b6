import {asGates} from './asGates.js';
import {asTwoCategories} from './asTwoCategories.js';
import type {Estimator, Rule, UnitKind} from './Estimator.js';

/** The rule by which an estimator serves units of this kind: its own, or the categorical one adapted. */
export function ruleFor({categorical, binary, gate}: Estimator, unit: UnitKind): Rule {
  if (unit === 'binary') return binary ?? asTwoCategories(categorical);
  if (unit === 'gate') return gate ?? asGates(categorical);
  return categorical;
}
