import {backend_util, MaxPoolGrad, type MaxPoolGradAttrs, type TensorInfo} from '@tensorflow/tfjs-core';
import {floatsOf, offsetOf} from '../heap.js';
import {routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

type Shape4D = [number, number, number, number];

/**
 * Gradient of `maxPool`. The backend's own (4.22) loses the gradient of every window whose inputs are all
 * negative, since its search for the greatest starts above zero.
 *
 * @param inputs dy `[batch, outHeight, outWidth, channels]`, input `[batch, height, width, channels]`.
 * @returns Shaped like `input`.
 */
export const maxPoolGrad = faster<{dy: TensorInfo; input: TensorInfo}, MaxPoolGradAttrs>(
  MaxPoolGrad,
  ({backend, inputs: {dy, input}, attrs: {filterSize, strides, pad, dimRoundingMode}}) => {
    const routines = routinesOf(backend).exports;
    if (routines === undefined || input.dtype !== 'float32' || dy.dtype !== 'float32') return undefined;
    const info = backend_util.computePool2DInfo(
      ...([input.shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode] as const),
    );
    const out = backend.makeOutput(input.shape, 'float32');
    floatsOf(backend, out).fill(0);
    routines.maxPoolGradient(
      ...([offsetOf(backend, input), offsetOf(backend, dy)] as const),
      ...([info.batchSize, info.inHeight, info.inWidth, info.inChannels] as const),
      ...([info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth] as const),
      ...([info.padInfo.top, info.padInfo.left, info.outHeight, info.outWidth] as const),
      offsetOf(backend, out),
    );
    return out;
  },
);
