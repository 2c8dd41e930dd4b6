import {
  backend_util,
  GatherV2,
  type GatherV2Attrs,
  type Tensor,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {isNumeric, withDtype} from '../cast.js';
import {integersOf, offsetOf, type WasmBackend} from '../heap.js';
import {type Routines, routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

/**
 * Copies whole slices of `x` along one axis, as `fit` does to make each batch. The backend
 * copies element by element, and with `batchDims` it reads beyond `x`.
 *
 * @throws If an index is outside `[0, x.shape[axis])`, as the backend does.
 */
export const gatherV2 = faster<{x: TensorInfo; indices: TensorInfo}, GatherV2Attrs>(
  GatherV2,
  ({backend, inputs: {x, indices}, attrs}) => {
    const routines = routinesOf(backend).exports;
    if (routines === undefined || !isNumeric(x) || !isNumeric(indices)) return undefined;
    return withDtype(backend, 'int32', [indices], (integers) =>
      gather(backend, routines, x, integers!, attrs),
    );
  },
);

function gather(
  backend: WasmBackend,
  routines: Routines,
  x: TensorInfo,
  indices: TensorInfo,
  {axis, batchDims}: GatherV2Attrs,
): TensorInfo {
  const parsedAxis = util.parseAxisParam(axis, x.shape)[0]!;
  const length = x.shape[parsedAxis]!;
  for (const index of integersOf(backend, indices)) {
    if (index < 0 || index >= length) {
      throw new Error(`GatherV2: the index value ${index} is not in [0, ${length - 1}]`);
    }
  }
  const {batchSize, outerSize, sliceSize, outputShape} = backend_util.segment_util.collectGatherOpShapeInfo(
    x as Tensor,
    indices as Tensor,
    parsedAxis,
    batchDims ?? 0,
  );
  const out = backend.makeOutput(outputShape, x.dtype);
  if (util.sizeFromShape(outputShape) === 0) return out;
  const bytes = sliceSize * util.bytesPerElement(x.dtype);
  const count = util.sizeFromShape(indices.shape) / batchSize;
  for (let batch = 0; batch < batchSize; batch++) {
    routines.gatherRows(
      offsetOf(backend, x) + batch * outerSize * length * bytes,
      outerSize,
      length,
      bytes,
      offsetOf(backend, indices) + batch * count * 4,
      count,
      offsetOf(backend, out) + batch * outerSize * count * bytes,
    );
  }
  return out;
}
