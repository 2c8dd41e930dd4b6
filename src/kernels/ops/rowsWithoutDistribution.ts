import {add, exp, fill, greater, max, sub, sum, type Tensor, where, zerosLike} from '@tensorflow/tfjs-core';

/** Per row 0, or NaN where softmax of the row is undefined. */
export function nanWhereUndefined(logits: Tensor): Tensor {
  return nanUnlessPositive(sum(exp(sub(logits, max(logits, -1, true))), -1, true));
}

/**
 * 0, or NaN where a row's weights add up to NaN, which the difference finds, or to nothing, which the comparison finds.
 * The latter happens on webgl alone, whose `max` of nothing but -Infinity is -1e20. NaN itself may compare either way on a GPU.
 * Operands of one shape, since native TensorFlow does not broadcast scalars to an empty tensor.
 */
export function nanUnlessPositive(total: Tensor): Tensor {
  return add(sub(total, total), where(greater(total, 0), zerosLike(total), fill(total.shape, Number.NaN)));
}
