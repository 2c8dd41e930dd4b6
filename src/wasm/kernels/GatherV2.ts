import {
  backend_util,
  GatherV2,
  type GatherV2Attrs,
  type Tensor,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {integersOf, offsetOf} from '../heap.js';
import {routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

/**
 * Copies whole slices of `x` along one axis. `fit` does so once a step to make each batch; the backend
 * copies element by element. Gathers with `batchDims` stay with the backend.
 *
 * @throws As the backend does, for an index outside `[0, x.shape[axis])`.
 */
export const gatherV2 = faster<{x: TensorInfo; indices: TensorInfo}, GatherV2Attrs>(
  GatherV2,
  ({backend, inputs: {x, indices}, attrs: {axis, batchDims}}) => {
    const routines = routinesOf(backend).exports;
    if (routines === undefined || batchDims !== 0 || x.dtype === 'string' || indices.dtype !== 'int32') {
      return undefined;
    }
    const parsedAxis = util.parseAxisParam(axis, x.shape)[0]!;
    const length = x.shape[parsedAxis]!;
    for (const index of integersOf(backend, indices)) {
      if (index < 0 || index >= length) {
        throw new Error(`GatherV2: the index value ${index} is not in [0, ${length - 1}]`);
      }
    }
    const info = backend_util.segment_util.collectGatherOpShapeInfo(
      x as Tensor,
      indices as Tensor,
      parsedAxis,
      batchDims,
    );
    const out = backend.makeOutput(info.outputShape, x.dtype);
    routines.gatherRows(
      ...([offsetOf(backend, x), info.outerSize, length] as const),
      info.sliceSize * util.bytesPerElement(x.dtype),
      ...([offsetOf(backend, indices), util.sizeFromShape(indices.shape), offsetOf(backend, out)] as const),
    );
    return out;
  },
);
