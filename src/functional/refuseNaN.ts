import {any, env, getBackend, isNaN as isNaNOf, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {invalid} from './validate.js';

/** Backends whose tensors lie in host memory, where a look at every number costs next to nothing. */
const HOST_BACKENDS = ['cpu', 'wasm', 'tensorflow'];

/**
 * In production, and on a GPU outside debug mode, NaN is not looked for; it stays NaN in the output.
 *
 * @throws in development when a number is NaN.
 */
export function refuseNaN(owner: string, field: string, x: Tensor): void {
  const watched = HOST_BACKENDS.includes(getBackend()) ? !env().getBool('PROD') : env().getBool('DEBUG');
  if (!watched || x.size === 0 || x.dtype !== 'float32') return; // of nothing, wasm's Any reads what lies beside it
  const found = tidy(() => any(isNaNOf(x)).dataSync()[0]);
  if (found) throw invalid(owner, field, 'numbers', Number.NaN);
}
