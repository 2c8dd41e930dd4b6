import {decoupled} from './decoupled.js';
import type {Estimator} from './Estimator.js';

/**
 * Softmax straight-through: `decoupled` with one temperature for both passes, the diagonal tf = tb.
 *
 * @see Shah et al., arXiv:2410.13331, section 2.3.
 */
export const softmax: Estimator = {...decoupled, id: 'softmax', temperatures: 'one'};
