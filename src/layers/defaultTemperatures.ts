import type {Temperatures, UnitKind} from '../functional/index.js';

/**
 * The temperatures of a layer whose options leave them out and whose estimator takes two; single-temperature estimators
 * start at 1.
 *
 * Binary and categorical units: the papers' tuned pairs. Gates: the papers' pair (0.1, 2) goes with Adam at 0.01; these are
 * chosen for its default rate of 0.001 by measurement, see docs/results/gateDefaults.md.
 *
 * @see Shah et al., arXiv:2410.13331, section 5.1.
 */
export const DEFAULT_TEMPERATURES: Readonly<Record<UnitKind, Temperatures>> = {
  binary: {forward: 0.1, backward: 0.7},
  categorical: {forward: 2, backward: 0.5},
  gate: {forward: 0.01, backward: 0.015},
};
