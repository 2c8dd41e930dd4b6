import {binaryMode, categoryMode} from '../../kernels/index.js';
import type {Estimator} from './Estimator.js';

/**
 * Identity straight-through. Forward: argmax l. Backward: the gradient passes unchanged.
 *
 * @see Bengio et al., "Estimating or Propagating Gradients Through Stochastic Neurons", arXiv:1308.3432.
 */
export const identity: Estimator = {
  id: 'identity',
  temperatures: 'none',
  categorical: {
    forward: (logits) => ({value: categoryMode({logits})}),
    backward: (dy) => dy.clone(),
  },
  binary: {
    forward: (logits) => ({value: binaryMode({logits})}),
    backward: (dy) => dy.clone(),
  },
};
