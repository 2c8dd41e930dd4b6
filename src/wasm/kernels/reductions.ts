import {backend_util, Mean, type MeanAttrs, Sum, type TensorInfo, util} from '@tensorflow/tfjs-core';
import {floatsOf, offsetOf, type WasmBackend} from '../heap.js';
import {routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

/**
 * Sums `float32` over neighbouring axes without transposing first, as bias gradients ask for. Other sums
 * stay with the backend.
 *
 * @returns The sums and how many terms each has, or undefined for what is left to the backend.
 */
function sumUp(
  backend: WasmBackend,
  x: TensorInfo,
  {axis, keepDims}: Pick<MeanAttrs, 'axis' | 'keepDims'>,
): {sums: TensorInfo; terms: number} | undefined {
  const routines = routinesOf(backend).exports;
  const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const first = axes[0];
  if (routines === undefined || x.dtype !== 'float32' || first === undefined) return undefined;
  if (axes.some((each, i) => each !== first + i)) return undefined;
  const [shape, reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const sums = backend.makeOutput(keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape, x.dtype);
  const terms = util.sizeFromShape(reduced);
  routines.sumAxis(
    ...([offsetOf(backend, x), util.sizeFromShape(x.shape.slice(0, first)), terms] as const),
    ...([util.sizeFromShape(shape.slice(first)), offsetOf(backend, sums)] as const),
  );
  return {sums, terms};
}

/** @see sumUp */
export const sum = faster<{x: TensorInfo}, MeanAttrs>(
  Sum,
  ({backend, inputs: {x}, attrs}) => sumUp(backend, x, attrs)?.sums,
);

/** @see sumUp */
export const mean = faster<{x: TensorInfo}, MeanAttrs>(Mean, ({backend, inputs: {x}, attrs}) => {
  const summed = sumUp(backend, x, attrs);
  if (summed === undefined) return undefined;
  const means = floatsOf(backend, summed.sums);
  for (let i = 0; i < means.length; i++) means[i]! /= summed.terms;
  return summed.sums;
});
