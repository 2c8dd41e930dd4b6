import {Cast, type DataType, type TensorInfo} from '@tensorflow/tfjs-core';
import {faster} from '../trainingKernel.js';

/**
 * A cast to the dtype that a tensor has shares its memory, as on the cpu backend; the wasm backend copies. Gradient functions cast
 * what is `float32` already: for the loss of an autoencoder, whole batches of images.
 */
export const cast = faster<{x: TensorInfo}, {dtype: DataType}>(
  Cast,
  ({backend, inputs: {x}, attrs: {dtype}}) => {
    if (x.dtype !== dtype || dtype === 'string') return undefined;
    backend.incRef(x.dataId);
    return {dataId: x.dataId, shape: x.shape, dtype};
  },
);
