import {add, div, mul} from '@tensorflow/tfjs-core';
import {
  mostLikelyBinary,
  mostLikelyCategory,
  sigmoidJacobianProduct,
  softmaxJacobianProduct,
} from '../../kernels/index.js';
import {gumbelNoise, logisticNoise} from '../random.js';
import type {BackwardContext, Estimator, Rule} from './Estimator.js';

/** `softmaxJacobianProduct` at l / tb + g: (l + tb g) / tb, so that one kernel serves. */
function noisyRule(
  noise: typeof gumbelNoise,
  mostLikely: typeof mostLikelyCategory,
  product: typeof softmaxJacobianProduct,
): Rule {
  const jacobianAt = ({logits, residuals, temperatures}: BackwardContext) =>
    add(logits, mul(residuals[0]!, temperatures.backward));
  return {
    forward: (logits, {forward}, key) => {
      const added = noise(logits.shape, key);
      const value = mostLikely(forward === 0 ? logits : add(div(logits, forward), added));
      return {value, residuals: [added]};
    },
    backward: (dy, context) => product(dy, jacobianAt(context), context.temperatures.backward),
    jacobianAt,
  };
}

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
  categorical: noisyRule(gumbelNoise, mostLikelyCategory, softmaxJacobianProduct),
  binary: noisyRule(logisticNoise, mostLikelyBinary, sigmoidJacobianProduct),
};
