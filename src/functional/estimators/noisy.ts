import type {Tensor} from '@tensorflow/tfjs-core';
import {
  binaryMode,
  categoryMode,
  sigmoidJacobianProduct,
  softmaxJacobianProduct,
} from '../../kernels/index.js';
import {gumbelNoise, logisticNoise} from '../random.js';
import type {BackwardContext, Estimator, Rule, Temperatures} from './Estimator.js';

/** Logits with noise in them. */
type Noisy = (logits: Tensor, noise: Tensor, temperatures: Temperatures) => Tensor;

/**
 * The rules of estimators that perturb the logits: the mode at `sampledAt`, and J(tb)^T dL/dz at `jacobianAt`,
 * with the same noise.
 */
export function noisyRules(
  sampledAt: Noisy,
  jacobianAt: Noisy,
): Pick<Required<Estimator>, 'categorical' | 'binary'> {
  const ruleWith = (
    noiseLike: typeof gumbelNoise,
    mode: typeof categoryMode,
    product: typeof softmaxJacobianProduct,
  ): Rule => {
    const noisyLogits = ({logits, residuals, temperatures}: BackwardContext) =>
      jacobianAt(logits, residuals[0]!, temperatures);
    return {
      forward: (logits, temperatures, key) => {
        const noise = noiseLike(logits.shape, key);
        return {value: mode({logits: sampledAt(logits, noise, temperatures)}), residuals: [noise]};
      },
      backward: (dy, context) =>
        product({dy, logits: noisyLogits(context)}, {temperature: context.temperatures.backward}),
      jacobianAt: noisyLogits,
    };
  };
  return {
    categorical: ruleWith(gumbelNoise, categoryMode, softmaxJacobianProduct),
    binary: ruleWith(logisticNoise, binaryMode, sigmoidJacobianProduct),
  };
}
