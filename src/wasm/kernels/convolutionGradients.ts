import {
  backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  getKernel,
  Slice,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {isNumeric, withDtype} from '../cast.js';
import {withGeometry} from '../geometry.js';
import {floatsOf, offsetOf, type WasmBackend, withScratch} from '../heap.js';
import {LARGEST_GEMM_SCRATCH} from '../products.js';
import {type ConvolutionGradient, routinesOf} from '../routines.js';
import {faster, missing} from '../trainingKernel.js';
import {isUnused, zeros} from '../unusedGradients.js';

type ConvInfo = backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];

/** Floats of the patch matrix that are built at a time: 256 KiB, which fit into the second-level cache. */
const MATRIX_FLOATS = 1 << 16;

/**
 * Gradient of `conv2d` for its filter. With the package's WebAssembly module: the transposed patch matrix times dy, in
 * pieces that stay in the cache. Without: one sum for every element.
 *
 * @param inputs x `[batch, height, width, channels]`, dy `[batch, outHeight, outWidth, outChannels]`.
 * @returns `[filterHeight, filterWidth, channels, outChannels]`, `float32`.
 * @throws For `dataFormat: 'NCHW'`, which the backend's `conv2d` does not take either.
 */
export const conv2DBackpropFilter = missing<{x: TensorInfo; dy: TensorInfo}, Conv2DBackpropFilterAttrs>(
  Conv2DBackpropFilter,
  ({backend, inputs, attrs: {strides, pad, dataFormat, dimRoundingMode, filterShape}}) => {
    if (isUnused(Conv2DBackpropFilter)) return zeros(backend, filterShape);
    if (dataFormat !== 'NHWC') {
      throw new Error(
        `Conv2DBackpropFilter: \`dataFormat\` must be NHWC on the wasm backend, got ${dataFormat}.`,
      );
    }
    const info = backend_util.computeConv2DInfo(
      inputs.x.shape as Shape4D,
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const out = backend.makeOutput(info.filterShape, 'float32');
    const routines = routinesOf(backend).exports;
    return withDtype(backend, 'float32', [inputs.x, inputs.dy], (x, dy) =>
      withOutputSize(backend, dy!, info, (cropped) => {
        if (util.sizeFromShape(cropped.shape) * util.sizeFromShape(x!.shape) === 0) {
          floatsOf(backend, out).fill(0);
        } else if (routines !== undefined) {
          multiplyPatches(backend, routines.filterGradient, info, x!, cropped, out);
        } else {
          const to = floatsOf(backend, out).fill(0);
          addFilterGradient(info, floatsOf(backend, x!), floatsOf(backend, cropped), to);
        }
        return out;
      }),
    );
  },
);

/**
 * Gradient of `conv2d` for its input, and so the forward pass of `conv2dTranspose`: dy times the transposed
 * filter, each product added to the pixel it came from.
 *
 * @param inputs dy `[batch, outHeight, outWidth, outChannels]`, filter as in `conv2d`.
 * @returns `attrs.inputShape`, `float32`.
 */
export const conv2DBackpropInput = faster<{dy: TensorInfo; filter: TensorInfo}, Conv2DBackpropInputAttrs>(
  Conv2DBackpropInput,
  (call, original) => {
    const {backend, inputs, attrs} = call;
    const {strides, pad, dataFormat, dimRoundingMode, inputShape} = attrs;
    if (isUnused(Conv2DBackpropInput)) return zeros(backend, inputShape);
    const routines = routinesOf(backend).exports;
    if (routines === undefined || !isNumeric(inputs.dy) || !isNumeric(inputs.filter)) return undefined;
    return withDtype(backend, 'float32', [inputs.dy, inputs.filter], (dy, filter) => {
      if (dataFormat !== 'NHWC') return original({...call, inputs: {dy: dy!, filter: filter!}});
      const info = backend_util.computeConv2DInfo(
        inputShape,
        filter!.shape as Shape4D,
        strides,
        1,
        pad,
        dimRoundingMode,
      );
      const out = backend.makeOutput(info.inShape, 'float32');
      return withOutputSize(backend, dy!, info, (cropped) => {
        if (util.sizeFromShape(cropped.shape) * util.sizeFromShape(filter!.shape) === 0) {
          floatsOf(backend, out).fill(0);
        } else {
          multiplyPatches(backend, routines.inputGradient, info, cropped, filter!, out);
        }
        return out;
      });
    });
  },
);

/**
 * Calls `use` with the rows and columns of dy that `info` describes. The forward pass may have had more: tfjs-core does not
 * pass its `dimRoundingMode` on to the gradients, and the kernels of the cpu backend ignore the rest.
 */
function withOutputSize<T>(
  backend: WasmBackend,
  dy: TensorInfo,
  {batchSize, outHeight, outWidth, outChannels}: ConvInfo,
  use: (cropped: TensorInfo) => T,
): T {
  const shape = [batchSize, outHeight, outWidth, outChannels];
  if (util.arraysEqual(dy.shape, shape)) return use(dy);
  const {kernelFunc} = getKernel(Slice, 'wasm');
  const attrs = {begin: [0, 0, 0, 0], size: shape};
  const cropped = kernelFunc({inputs: {x: dy}, attrs, backend}) as TensorInfo;
  try {
    return use(cropped);
  } finally {
    backend.disposeData(cropped.dataId);
  }
}

function multiplyPatches(
  backend: WasmBackend,
  routine: ConvolutionGradient,
  info: ConvInfo,
  first: TensorInfo,
  second: TensorInfo,
  out: TensorInfo,
): void {
  const patch = info.filterHeight * info.filterWidth * info.inChannels;
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  const chunk = Math.max(1, Math.min(pixels, 512, Math.max(64, Math.floor(MATRIX_FLOATS / patch))));
  withGeometry(backend, info, (geometry) =>
    withScratch(backend, chunk * patch, (matrix) =>
      withScratch(backend, LARGEST_GEMM_SCRATCH, (scratch) =>
        routine(
          offsetOf(backend, first),
          offsetOf(backend, second),
          geometry,
          offsetOf(backend, out),
          chunk,
          matrix,
          scratch,
        ),
      ),
    ),
  );
}

/** `to[r, s, i, o] = sum over pixels of x[pixel + (r, s), i] dy[pixel, o]`. */
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

/** Calls `visit(tap, input, output)` with the numbers of every filter element, input pixel and output pixel that meet. */
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
