import {Slice, type SliceAttrs, slice_util, type TensorInfo, util} from '@tensorflow/tfjs-core';
import {isNumeric} from '../cast.js';
import {offsetOf} from '../heap.js';
import {routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

/**
 * Copies a slice of `x`. The backend copies all of `x` first, for every batch of
 * `predict` and `fit`.
 *
 * @throws If the slice exceeds the tensor.
 */
export const slice = faster<{x: TensorInfo}, SliceAttrs>(
  Slice,
  ({backend, inputs: {x}, attrs: {begin, size}}) => {
    const routines = routinesOf(backend).exports;
    if (routines === undefined || !isNumeric(x)) return undefined;
    const [begins, sizes] = slice_util.parseSliceParams(x as never, begin, size) as [number[], number[]];
    slice_util.assertParamsValid(x, begins, sizes);
    begins.forEach((first, axis) => {
      util.assert(
        first >= 0 && sizes[axis]! >= 0,
        () =>
          `Error in slice${begins.length}D: begin[${axis}] (${first}) is not in [0, ${x.shape[axis]}], the ` +
          `bounds of input.shape[${axis}]`,
      );
    });
    const out = backend.makeOutput(sizes, x.dtype);
    if (util.sizeFromShape(sizes) === 0) return out;
    const bytes = util.bytesPerElement(x.dtype);
    const {first, run, loops} = loopsOf(x.shape, begins.map(Math.trunc), sizes);
    const [outer, middle, inner] = [
      ...Array.from({length: 3 - loops.length}, () => ONCE),
      ...loops.slice(-3),
    ];
    let to = offsetOf(backend, out);
    const copied = outer!.count * middle!.count * inner!.count * run * bytes;
    forEachStart(loops.slice(0, -3), (start) => {
      routines.copyRuns(
        offsetOf(backend, x) + (first + start) * bytes,
        outer!.count,
        outer!.stride * bytes,
        middle!.count,
        middle!.stride * bytes,
        inner!.count,
        inner!.stride * bytes,
        run * bytes,
        to,
      );
      to += copied;
    });
    return out;
  },
);

/** `count` steps of `stride` elements. */
interface Loop {
  readonly count: number;
  readonly stride: number;
}
const ONCE: Loop = {count: 1, stride: 0};

/**
 * Describes a slice as runs of `run` elements that are contiguous in `x`: the offset of the first run, and the loops over
 * all runs, outermost first.
 */
function loopsOf(shape: readonly number[], begins: readonly number[], sizes: readonly number[]) {
  let stride = 1;
  let first = 0;
  let run = 1;
  const loops: Loop[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const count = sizes[axis]!;
    first += begins[axis]! * stride;
    const last = loops[0];
    if (count > 1) {
      if (last === undefined && stride === run) run *= count;
      else if (last !== undefined && stride === last.count * last.stride) {
        loops[0] = {count: last.count * count, stride: last.stride};
      } else loops.unshift({count, stride});
    }
    stride *= shape[axis]!;
  }
  return {first, run, loops};
}

/** Calls `visit` with the offset of every iteration of nested loops. */
function forEachStart(loops: readonly Loop[], visit: (start: number) => void, start = 0): void {
  const [loop, ...rest] = loops;
  if (loop === undefined) {
    visit(start);
    return;
  }
  for (let i = 0; i < loop.count; i++) forEachStart(rest, visit, start + i * loop.stride);
}
