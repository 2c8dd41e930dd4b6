import {env, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {hasNaN} from '../kernels/index.js';
import {inHostMemory} from './inHostMemory.js';
import {invalid} from './validate.js';

/** Whether values are looked at for mistakes: not in production, and on a GPU only in debug mode. */
export function inspectsValues(): boolean {
  return inHostMemory() ? !env().getBool('PROD') : env().getBool('DEBUG');
}

/** Whether `x` holds NaN. Not checked in production, nor on a GPU outside debug mode. */
export function containsNaN(x: Tensor): boolean {
  if (!inspectsValues() || x.size === 0 || x.dtype !== 'float32') return false; // wasm's Any of an empty tensor reads beyond it
  return tidy(() => hasNaN({x}).dataSync()[0] === 1);
}

/** @throws in development when a number is NaN. */
export function assertNoNaN(owner: string, field: string, x: Tensor): void {
  if (containsNaN(x)) throw invalid(owner, field, 'numbers', Number.NaN);
}
