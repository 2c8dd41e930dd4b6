import {Identity, type TensorInfo} from '@tensorflow/tfjs-core';
import {faster} from '../trainingKernel.js';

/**
 * Returns a tensor that shares the input's memory, as the cpu backend's kernel does; the wasm backend copies.
 * The tape clones every tensor that a gradient needs.
 */
export const identity = faster<{x: TensorInfo}, object>(Identity, ({backend, inputs: {x}}) => {
  if (x.dtype === 'string') return undefined;
  backend.incRef(x.dataId);
  return {dataId: x.dataId, shape: x.shape, dtype: x.dtype};
});
