import type {Tensor} from '@tensorflow/tfjs-core';
import type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
import {realAsFloat32} from '../functional/asFloat32.js';
import {invalid} from '../functional/validate.js';

/**
 * The one input of a layer that takes one, as `float32`: kernels read other types wrongly or not at all.
 *
 * @throws If there are several, which would otherwise be dropped, or it holds complex numbers or strings.
 */
export function onlyInput(owner: string, inputs: Tensor | Tensor[]): Tensor {
  const all = Array.isArray(inputs) ? inputs : [inputs];
  if (all.length !== 1) throw invalid(owner, 'inputs', 'a single tensor', all.length);
  const [input] = all as [Tensor];
  return realAsFloat32(owner, 'inputs', input);
}

/**
 * The shape of the one input, as `build` is given it.
 *
 * @throws If there is none, as TensorFlow.js passes undefined where the layer was applied to something else than a tensor.
 */
export function onlyShape(owner: string, inputShape: Shape | Shape[]): Shape {
  const shape = Array.isArray(inputShape?.[0]) ? inputShape[0] : inputShape;
  if (Array.isArray(shape) && shape.every((length) => length !== undefined)) return shape as Shape;
  throw new Error(
    `${owner}: \`inputs\` must be a tensor, got a value without a shape; write tf.tensor2d([[...]]).`,
  );
}
