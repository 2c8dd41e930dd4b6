import {add, type Tensor} from '@tensorflow/tfjs-core';
import type {Estimator} from './Estimator.js';
import {noisyRules} from './noisy.js';

const sum = (logits: Tensor, noise: Tensor) => add(logits, noise);

/**
 * Straight-through Gumbel-softmax (ST-GS).
 *
 * Forward: argmax(l + g), whatever the temperature. Backward: J(t)^T dL/dz at l + g, the same noise g.
 *
 * @see Jang et al., "Categorical Reparameterization with Gumbel-Softmax", arXiv:1611.01144, section 2.2.
 */
export const gumbel: Estimator = {id: 'gumbel', temperatures: 'one', ...noisyRules(sum, sum)};
