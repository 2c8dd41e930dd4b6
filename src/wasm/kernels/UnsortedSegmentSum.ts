import {type TensorInfo, UnsortedSegmentSum, type UnsortedSegmentSumAttrs, util} from '@tensorflow/tfjs-core';
import {elementsOf, isNumeric} from '../cast.js';
import {floatsOf, integersOf, offsetOf, type WasmBackend} from '../heap.js';
import {routinesOf} from '../routines.js';
import {missing} from '../trainingKernel.js';

/**
 * Sums the slices of each segment: `out[s] = sum of x[i] where segmentIds[i] = s`. This is the gradient of
 * `gather` and so of embeddings. Slices with an id outside `[0, numSegments)` are ignored.
 *
 * @param inputs x `[...rows, ...slice]`, `float32`, `int32` or `bool`; segmentIds `[...rows]`, `int32`. With several
 *   row axes only the first is summed, as on the cpu backend.
 * @returns `[numSegments, ...rows.slice(1), ...slice]`, `float32`.
 */
export const unsortedSegmentSum = missing<{x: TensorInfo; segmentIds: TensorInfo}, UnsortedSegmentSumAttrs>(
  UnsortedSegmentSum,
  ({backend, inputs: {x, segmentIds}, attrs: {numSegments}}) => {
    if (!isNumeric(x)) {
      throw new Error(`UnsortedSegmentSum: \`x\` must be float32, int32 or bool, got ${x.dtype}.`);
    }
    const rows = x.shape[0] ?? 0;
    const parts = util.sizeFromShape(segmentIds.shape.slice(1));
    const width = util.sizeFromShape(x.shape.slice(segmentIds.shape.length));
    const out = backend.makeOutput([numSegments, ...x.shape.slice(1)], 'float32');
    const routines = routinesOf(backend).exports;
    if (routines !== undefined && x.dtype === 'float32') {
      routines.addRows(
        offsetOf(backend, x),
        rows,
        parts,
        width,
        offsetOf(backend, segmentIds),
        numSegments,
        offsetOf(backend, out),
      );
    } else {
      addRows(backend, x, segmentIds, {parts, width, numSegments, out});
    }
    return out;
  },
);

/** The routine of the same name in JavaScript, for integers and if the module is not available. */
function addRows(
  backend: WasmBackend,
  x: TensorInfo,
  segmentIds: TensorInfo,
  {parts, width, numSegments, out}: {parts: number; width: number; numSegments: number; out: TensorInfo},
): void {
  const from = elementsOf(backend, x);
  const to = floatsOf(backend, out).fill(0);
  integersOf(backend, segmentIds).forEach((segment, i) => {
    if (segment < 0 || segment >= numSegments) return;
    const slice = (segment * parts + (i % parts)) * width;
    for (let j = 0; j < width; j++) to[slice + j]! += from[i * width + j]!;
  });
}
