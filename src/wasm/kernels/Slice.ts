import {Slice, type SliceAttrs, slice_util, type TensorInfo, util} from '@tensorflow/tfjs-core';
import {offsetOf} from '../heap.js';
import {faster} from '../trainingKernel.js';

/**
 * Copies the runs of `x` that a slice takes, within the heap. The backend first copies the whole of `x`, which
 * `predict` and `fit` make it do once a batch.
 */
export const slice = faster<{x: TensorInfo}, SliceAttrs>(
  Slice,
  ({backend, inputs: {x}, attrs: {begin, size}}) => {
    if (x.dtype === 'string' || x.dtype === 'complex64') return undefined;
    const [begins, sizes] = slice_util.parseSliceParams(x as never, begin, size) as [number[], number[]];
    slice_util.assertParamsValid(x, begins, sizes);
    const out = backend.makeOutput(sizes, x.dtype);
    const length = util.sizeFromShape(sizes) * util.bytesPerElement(x.dtype);
    if (length === 0) return out;
    const {run, starts} = runsOf(x.shape, begins, sizes);
    const bytes = run * util.bytesPerElement(x.dtype);
    const from = offsetOf(backend, x);
    const to = offsetOf(backend, out);
    const heap = backend.wasm.HEAPU8; // taken last: making the output may have grown the memory
    starts.forEach((start, i) => {
      const first = from + start * util.bytesPerElement(x.dtype);
      heap.copyWithin(to + i * bytes, first, first + bytes);
    });
    return out;
  },
);

/** Elements that lie side by side in `x` and in the slice, and where in `x` each such run starts. */
function runsOf(shape: readonly number[], begins: readonly number[], sizes: readonly number[]) {
  let axis = shape.length; // the slice takes all of the axes from here on
  while (axis > 0 && sizes[axis - 1] === shape[axis - 1]) axis--;
  const whole = util.sizeFromShape(shape.slice(axis));
  const run = axis === 0 ? whole : whole * sizes[axis - 1]!;
  let starts = [0];
  let stride = util.sizeFromShape([...shape]);
  for (let outer = 0; outer < axis; outer++) {
    stride /= shape[outer]!;
    const counted = outer === axis - 1 ? 1 : sizes[outer]!;
    starts = starts.flatMap((start) =>
      Array.from({length: counted}, (_, i) => start + (begins[outer]! + i) * stride),
    );
  }
  return {run, starts};
}
