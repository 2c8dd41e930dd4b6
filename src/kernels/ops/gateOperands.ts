import {gather, slice, squeeze, type Tensor} from '@tensorflow/tfjs-core';

/** Both inputs of every unit, `[rows, units]` each. */
export function gateOperands(x: Tensor, connections: Tensor): {a: Tensor; b: Tensor} {
  const [left, right] = columnsOf(connections) as [Tensor, Tensor];
  return {a: gather(x, left as never, 1), b: gather(x, right as never, 1)};
}

/** The columns of a matrix. */
export function columnsOf(matrix: Tensor): Tensor[] {
  const [rows, width] = matrix.shape as [number, number];
  return Array.from({length: width}, (_, column) => squeeze(slice(matrix, [0, column], [rows, 1]), [1]));
}
