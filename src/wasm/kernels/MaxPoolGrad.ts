import {backend_util, MaxPoolGrad, type MaxPoolGradAttrs, type TensorInfo} from '@tensorflow/tfjs-core';
import {isNumeric, withDtype} from '../cast.js';
import {withGeometry} from '../geometry.js';
import {floatsOf, offsetOf} from '../heap.js';
import {routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

type Shape4D = [number, number, number, number];

/**
 * Gradient of `maxPool`. The backend's own (4.22) loses the gradient of every window whose inputs are all
 * negative, since its search for the greatest starts above zero.
 *
 * @param inputs dy `[batch, outHeight, outWidth, channels]`, input `[batch, height, width, channels]`.
 * @returns Shaped like `input`, `float32`.
 */
export const maxPoolGrad = faster<{dy: TensorInfo; input: TensorInfo}, MaxPoolGradAttrs>(
  MaxPoolGrad,
  ({backend, inputs, attrs: {filterSize, strides, pad, dimRoundingMode}}) => {
    const routines = routinesOf(backend).exports;
    if (routines === undefined || !isNumeric(inputs.dy) || !isNumeric(inputs.input)) return undefined;
    const info = backend_util.computePool2DInfo(
      inputs.input.shape as Shape4D,
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    return withDtype(backend, 'float32', [inputs.input, inputs.dy], (input, dy) => {
      const out = backend.makeOutput(input!.shape, 'float32');
      floatsOf(backend, out).fill(0);
      withGeometry(backend, info, (geometry) =>
        routines.maxPoolGradient(
          offsetOf(backend, input!),
          offsetOf(backend, dy!),
          geometry,
          offsetOf(backend, out),
        ),
      );
      return out;
    });
  },
);
