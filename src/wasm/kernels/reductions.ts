import {backend_util, Mean, type MeanAttrs, Sum, type TensorInfo, util} from '@tensorflow/tfjs-core';
import {elementsOf, withDtype} from '../cast.js';
import {floatsOf, offsetOf, type WasmBackend} from '../heap.js';
import {routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

type Axes = Pick<MeanAttrs, 'axis' | 'keepDims'>;

/** Axes and result shape of a reduction, and the number of terms per result. */
function reducedShape(x: TensorInfo, {axis, keepDims}: Axes) {
  const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const [shape, reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  return {
    axes,
    inner: shape,
    shape: keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape,
    terms: util.sizeFromShape(reduced),
  };
}

/** Zeros, for sums without terms, which the backend leaves unwritten. */
function emptySums(backend: WasmBackend, x: TensorInfo, attrs: Axes, dtype: 'float32' | 'int32'): TensorInfo {
  const out = backend.makeOutput(reducedShape(x, attrs).shape, dtype);
  elementsOf(backend, out).fill(0);
  return out;
}

/**
 * Sums `float32` over adjacent axes without transposing first, as bias gradients do.
 *
 * @returns The sums and the number of terms of each, or undefined if the backend should compute them.
 */
function sumUp(
  backend: WasmBackend,
  x: TensorInfo,
  attrs: Axes,
): {sums: TensorInfo; terms: number} | undefined {
  const routines = routinesOf(backend).exports;
  const {axes, inner, shape, terms} = reducedShape(x, attrs);
  const first = axes[0];
  if (routines === undefined || x.dtype !== 'float32' || first === undefined) return undefined;
  if (axes.some((each, i) => each !== first + i)) return undefined;
  const sums = backend.makeOutput(shape, x.dtype);
  routines.sumAxis(
    offsetOf(backend, x),
    util.sizeFromShape(x.shape.slice(0, first)),
    terms,
    util.sizeFromShape(inner.slice(first)),
    offsetOf(backend, sums),
  );
  return {sums, terms};
}

/**
 * Sums are `int32` for `int32` and `bool`, as on the cpu backend.
 *
 * @see sumUp
 */
export const sum = faster<{x: TensorInfo}, MeanAttrs>(Sum, (call, original) => {
  const {
    backend,
    inputs: {x},
    attrs,
  } = call;
  if (util.sizeFromShape(x.shape) === 0) {
    return emptySums(backend, x, attrs, x.dtype === 'float32' ? 'float32' : 'int32');
  }
  if (x.dtype === 'bool') {
    return withDtype(backend, 'int32', [x], (counts) => original({...call, inputs: {x: counts!}}));
  }
  return sumUp(backend, x, attrs)?.sums;
});

/**
 * Means are `float32`. The mean of nothing is 0, as on the cpu backend.
 *
 * @see sumUp
 */
export const mean = faster<{x: TensorInfo}, MeanAttrs>(Mean, ({backend, inputs: {x}, attrs}) => {
  if (util.sizeFromShape(x.shape) === 0) return emptySums(backend, x, attrs, 'float32');
  const summed = sumUp(backend, x, attrs);
  if (summed === undefined) return undefined;
  const means = floatsOf(backend, summed.sums);
  for (let i = 0; i < means.length; i++) means[i]! /= summed.terms;
  return summed.sums;
});
