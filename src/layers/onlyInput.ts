import type {Tensor} from '@tensorflow/tfjs-core';
import type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
import {invalid} from '../functional/validate.js';

/**
 * The one input of a layer that takes one.
 *
 * @throws when there are several, which would otherwise be dropped.
 */
export function onlyInput(owner: string, inputs: Tensor | Tensor[]): Tensor {
  if (!Array.isArray(inputs)) return inputs;
  if (inputs.length === 1) return inputs[0]!;
  throw invalid(owner, 'inputs', 'a single tensor', inputs.length);
}

/** The shape of the one input, as `build` is given it. */
export function onlyShape(inputShape: Shape | Shape[]): Shape {
  return (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
}
