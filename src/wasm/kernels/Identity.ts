import {Identity, type TensorInfo} from '@tensorflow/tfjs-core';
import {faster} from '../trainingKernel.js';

/**
 * Shares the memory with the input, as `reshape` does and as the cpu backend's kernel; the backend copies.
 * The tape makes such a clone of every tensor that a gradient needs.
 */
export const identity = faster<{x: TensorInfo}, object>(Identity, ({backend, inputs: {x}}) => {
  if (x.dtype === 'string') return undefined;
  backend.incRef(x.dataId);
  return {dataId: x.dataId, shape: x.shape, dtype: x.dtype};
});
