import {add} from '@tensorflow/tfjs-core';
import {
  mostLikelyBinary,
  mostLikelyCategory,
  sigmoidJacobianProduct,
  softmaxJacobianProduct,
} from '../../kernels/index.js';
import {gumbelNoise, logisticNoise} from '../random.js';
import type {BackwardContext, Estimator, Rule} from './Estimator.js';

/** Forward: argmax(l + noise). Backward: `product`, the Jacobian at temperature t, at the noisy logits. */
function noisyRule(
  noise: typeof gumbelNoise,
  mostLikely: typeof mostLikelyCategory,
  product: typeof softmaxJacobianProduct,
): Rule {
  const jacobianAt = ({residuals}: BackwardContext) => residuals[0]!;
  return {
    forward: (logits, _, key) => {
      const noisy = add(logits, noise(logits.shape, key));
      return {value: mostLikely(noisy), residuals: [noisy]};
    },
    backward: (dy, context) => product(dy, jacobianAt(context), context.temperatures.backward),
    jacobianAt,
  };
}

/**
 * Straight-through Gumbel-softmax (ST-GS).
 *
 * Forward: argmax(l + g), whatever the temperature. Backward: J(t)^T dL/dz at l + g, the same noise g.
 *
 * @see Jang et al., "Categorical Reparameterization with Gumbel-Softmax", arXiv:1611.01144, section 2.2.
 */
export const gumbel: Estimator = {
  id: 'gumbel',
  temperatures: 'one',
  categorical: noisyRule(gumbelNoise, mostLikelyCategory, softmaxJacobianProduct),
  binary: noisyRule(logisticNoise, mostLikelyBinary, sigmoidJacobianProduct),
};
