import {backend_util, Sum, type SumAttrs, type TensorInfo, util} from '@tensorflow/tfjs-core';
import {offsetOf} from '../heap.js';
import {routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

/**
 * Sums `float32` over neighbouring axes without transposing first, as bias gradients ask for. Other sums
 * stay with the backend.
 */
export const sum = faster<{x: TensorInfo}, SumAttrs>(
  Sum,
  ({backend, inputs: {x}, attrs: {axis, keepDims}}) => {
    const routines = routinesOf(backend).exports;
    const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
    const first = axes[0];
    if (routines === undefined || x.dtype !== 'float32' || first === undefined) return undefined;
    if (axes.some((each, i) => each !== first + i)) return undefined;
    const [shape, reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const out = backend.makeOutput(
      keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape,
      x.dtype,
    );
    routines.sumAxis(
      ...([offsetOf(backend, x), util.sizeFromShape(x.shape.slice(0, first))] as const),
      ...([
        util.sizeFromShape(reduced),
        util.sizeFromShape(shape.slice(first)),
        offsetOf(backend, out),
      ] as const),
    );
    return out;
  },
);
