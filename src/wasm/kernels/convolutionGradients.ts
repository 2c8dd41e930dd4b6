import {
  backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {floatsOf, offsetOf, type WasmBackend, withScratch} from '../heap.js';
import {type Routines, routinesOf, withGemmScratch} from '../routines.js';
import {faster, missing} from '../trainingKernel.js';
import {isUnused, zeros} from '../unusedGradients.js';

type ConvInfo = backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];

/** Floats of the patch matrix that are made at a time: 256 KiB, which the second-level cache holds. */
const MATRIX_FLOATS = 1 << 16;

/**
 * Gradient of `conv2d` for its filter. With the own module: the transposed patch matrix times dy, in pieces
 * that stay in the cache. Without: one sum for every element.
 *
 * @param inputs x `[batch, height, width, channels]`, dy `[batch, outHeight, outWidth, outChannels]`.
 * @returns `[filterHeight, filterWidth, channels, outChannels]`, `float32`.
 * @throws For `dataFormat: 'NCHW'`, which the backend's `conv2d` does not take either.
 */
export const conv2DBackpropFilter = missing<{x: TensorInfo; dy: TensorInfo}, Conv2DBackpropFilterAttrs>(
  Conv2DBackpropFilter,
  ({backend, inputs: {x, dy}, attrs: {strides, pad, dataFormat, dimRoundingMode, filterShape}}) => {
    if (isUnused(Conv2DBackpropFilter)) return zeros(backend, filterShape);
    if (dataFormat !== 'NHWC') {
      throw new Error(
        `Conv2DBackpropFilter: \`dataFormat\` must be NHWC on the wasm backend, got ${dataFormat}.`,
      );
    }
    const info = backend_util.computeConv2DInfo(
      ...([x.shape as Shape4D, filterShape, strides, 1, pad, dimRoundingMode] as const),
    );
    const out = backend.makeOutput(info.filterShape, 'float32');
    const routines = routinesOf(backend).exports;
    if (info.outHeight * info.outWidth * info.batchSize === 0) {
      floatsOf(backend, out).fill(0);
    } else if (routines !== undefined) {
      multiplyPatches(backend, routines.filterGradient, info, x, dy, out);
    } else {
      addFilterGradient(info, floatsOf(backend, x), floatsOf(backend, dy), floatsOf(backend, out).fill(0));
    }
    return out;
  },
);

/**
 * Gradient of `conv2d` for its input, and so the forward pass of `conv2dTranspose`: dy times the transposed
 * filter, each product added to the place it came from.
 *
 * @param inputs dy `[batch, outHeight, outWidth, outChannels]`, filter as in `conv2d`.
 * @returns `attrs.inputShape`, `float32`.
 */
export const conv2DBackpropInput = faster<{dy: TensorInfo; filter: TensorInfo}, Conv2DBackpropInputAttrs>(
  Conv2DBackpropInput,
  ({backend, inputs: {dy, filter}, attrs: {strides, pad, dataFormat, dimRoundingMode, inputShape}}) => {
    if (isUnused(Conv2DBackpropInput)) return zeros(backend, inputShape);
    const routines = routinesOf(backend).exports;
    if (routines === undefined || dataFormat !== 'NHWC') return undefined;
    if (dy.dtype !== 'float32' || filter.dtype !== 'float32') return undefined;
    const info = backend_util.computeConv2DInfo(
      ...([inputShape, filter.shape as Shape4D, strides, 1, pad, dimRoundingMode] as const),
    );
    const out = backend.makeOutput(info.inShape, 'float32');
    multiplyPatches(backend, routines.inputGradient, info, dy, filter, out);
    return out;
  },
);

function multiplyPatches(
  backend: WasmBackend,
  routine: Routines['filterGradient'],
  info: ConvInfo,
  first: TensorInfo,
  second: TensorInfo,
  out: TensorInfo,
): void {
  const patch = info.filterHeight * info.filterWidth * info.inChannels;
  const places = info.batchSize * info.outHeight * info.outWidth;
  const chunk = Math.max(1, Math.min(places, 512, Math.max(64, Math.floor(MATRIX_FLOATS / patch))));
  withScratch(backend, chunk * patch, (matrix) =>
    withGemmScratch(backend, 130, 512, (scratch) =>
      routine(
        ...([offsetOf(backend, first), offsetOf(backend, second)] as const),
        ...([info.batchSize, info.inHeight, info.inWidth, info.inChannels] as const),
        ...([info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth] as const),
        ...([info.padInfo.top, info.padInfo.left, info.outHeight, info.outWidth, info.outChannels] as const),
        ...([offsetOf(backend, out), chunk, matrix, scratch] as const),
      ),
    ),
  );
}

/** `to[r, s, i, o] = sum over places of x[place + (r, s), i] dy[place, o]`. */
function addFilterGradient(info: ConvInfo, x: Float32Array, dy: Float32Array, to: Float32Array): void {
  const {inChannels, outChannels} = info;
  forEachTap(info, (tap, input, output) => {
    for (let i = 0; i < inChannels; i++) {
      const factor = x[input * inChannels + i]!;
      const row = (tap * inChannels + i) * outChannels;
      for (let o = 0; o < outChannels; o++) to[row + o]! += factor * dy[output * outChannels + o]!;
    }
  });
}

/** Calls `visit(tap, input, output)` for every filter element over an input pixel, all numbered in order. */
export function forEachTap(
  info: ConvInfo,
  visit: (tap: number, input: number, output: number) => void,
): void {
  const {batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, padInfo} = info;
  for (let output = 0; output < batchSize * outHeight * outWidth; output++) {
    const image = Math.floor(output / (outHeight * outWidth));
    const top = (Math.floor(output / outWidth) % outHeight) * info.strideHeight - padInfo.top;
    const left = (output % outWidth) * info.strideWidth - padInfo.left;
    for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
      const row = top + Math.floor(tap / filterWidth) * info.dilationHeight;
      const column = left + (tap % filterWidth) * info.dilationWidth;
      if (row < 0 || row >= inHeight || column < 0 || column >= inWidth) continue;
      visit(tap, (image * inHeight + row) * inWidth + column, output);
    }
  }
}
