import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {withDtype} from '../cast.js';
import {withGeometry} from '../geometry.js';
import {floatsOf, offsetOf, type WasmBackend} from '../heap.js';
import {routinesOf} from '../routines.js';
import {missing} from '../trainingKernel.js';
import {isUnused, zeros} from '../unusedGradients.js';
import {forEachTap} from './convolutionGradients.js';

type ConvInfo = backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];

/**
 * Gradient of `depthwiseConv2d` for its filter.
 *
 * @param inputs x `[batch, height, width, channels]`, dy `[batch, outHeight, outWidth, channels * multiplier]`.
 * @returns `[filterHeight, filterWidth, channels, multiplier]`, `float32`.
 */
export const depthwiseBackpropFilter = missing<
  {x: TensorInfo; dy: TensorInfo},
  DepthwiseConv2dNativeBackpropFilterAttrs
>(
  DepthwiseConv2dNativeBackpropFilter,
  ({backend, inputs: {x, dy}, attrs: {strides, dilations, pad, dimRoundingMode, filterShape}}) => {
    if (isUnused(DepthwiseConv2dNativeBackpropFilter)) return zeros(backend, filterShape);
    const info = backend_util.computeConv2DInfo(
      x.shape as Shape4D,
      filterShape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    return addUp(backend, info, 1, dy, x, backend.makeOutput(info.filterShape, 'float32'));
  },
);

/**
 * Gradient of `depthwiseConv2d` for its input.
 *
 * @param inputs dy as above, filter `[filterHeight, filterWidth, channels, multiplier]`.
 * @returns `attrs.inputShape`, `float32`.
 */
export const depthwiseBackpropInput = missing<
  {dy: TensorInfo; filter: TensorInfo},
  DepthwiseConv2dNativeBackpropInputAttrs
>(
  DepthwiseConv2dNativeBackpropInput,
  ({backend, inputs: {dy, filter}, attrs: {strides, dilations, pad, dimRoundingMode, inputShape}}) => {
    if (isUnused(DepthwiseConv2dNativeBackpropInput)) return zeros(backend, inputShape);
    const info = backend_util.computeConv2DInfo(
      inputShape,
      filter.shape as Shape4D,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    return addUp(backend, info, 0, dy, filter, backend.makeOutput(info.inShape, 'float32'));
  },
);

function addUp(
  backend: WasmBackend,
  info: ConvInfo,
  forFilter: 0 | 1,
  dy: TensorInfo,
  other: TensorInfo,
  out: TensorInfo,
): TensorInfo {
  return withDtype(backend, 'float32', [dy, other], (dyFloats, otherFloats) => {
    const to = floatsOf(backend, out).fill(0);
    const routines = routinesOf(backend).exports;
    if (routines === undefined) {
      const [from, factors] = [floatsOf(backend, dyFloats!), floatsOf(backend, otherFloats!)];
      (forFilter ? addFilter : addInput)(info, from, factors, to);
      return out;
    }
    const [dyAddress, otherAddress] = [offsetOf(backend, dyFloats!), offsetOf(backend, otherFloats!)];
    withGeometry(backend, info, (geometry) =>
      routines.depthwiseGradient(forFilter, dyAddress, otherAddress, geometry, offsetOf(backend, out)),
    );
    return out;
  });
}

/** `to[tap, c] = sum over pixels of dy[pixel, c] x[pixel + tap, c / multiplier]`. */
function addFilter(info: ConvInfo, dy: Float32Array, x: Float32Array, to: Float32Array): void {
  const {inChannels, outChannels} = info;
  const multiplier = outChannels / inChannels;
  forEachTap(info, (tap, input, output) => {
    for (let c = 0; c < outChannels; c++) {
      const factor = x[input * inChannels + Math.floor(c / multiplier)]!;
      to[tap * outChannels + c]! += dy[output * outChannels + c]! * factor;
    }
  });
}

/** `to[pixel + tap, c / multiplier] = sum over taps and c of dy[pixel, c] filter[tap, c]`. */
function addInput(info: ConvInfo, dy: Float32Array, filter: Float32Array, to: Float32Array): void {
  const {inChannels, outChannels} = info;
  const multiplier = outChannels / inChannels;
  forEachTap(info, (tap, input, output) => {
    for (let c = 0; c < outChannels; c++) {
      const product = dy[output * outChannels + c]! * filter[tap * outChannels + c]!;
      to[input * inChannels + Math.floor(c / multiplier)]! += product;
    }
  });
}
