import {add, div, mul} from '@tensorflow/tfjs-core';
import type {Estimator} from './Estimator.js';
import {noisyRules} from './noisy.js';

/**
 * Decoupled ST-GS, the predecessor of `decoupled`. The noise is added after the division: added before
 * it, the forward temperature would have no effect.
 *
 * Forward: argmax(l / tf + g); tf = 0 takes argmax l.
 * Backward: the Jacobian of softmax(l / tb + g) with respect to l, the same noise g.
 *
 * @see "Improving Discrete Optimisation Via Decoupled Straight-Through Gumbel-Softmax", equations 12 to 16.
 */
export const decoupledGumbel: Estimator = {
  id: 'decoupledGumbel',
  temperatures: 'both',
  ...noisyRules(
    (logits, noise, {forward}) => (forward === 0 ? logits : add(div(logits, forward), noise)),
    // The kernels divide by tb: (l + tb g) / tb.
    (logits, noise, {backward}) => add(logits, mul(noise, backward)),
  ),
};
