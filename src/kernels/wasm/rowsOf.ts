import {type TensorInfo, util} from '@tensorflow/tfjs-core';

/** How many rows of how many categories logits hold; the last axis counts the categories. */
export function rowsOf({shape}: TensorInfo): {rows: number; categories: number} {
  const categories = shape.at(-1) ?? 1;
  const size = util.sizeFromShape(shape);
  return {categories, rows: size === 0 ? 0 : size / categories};
}
