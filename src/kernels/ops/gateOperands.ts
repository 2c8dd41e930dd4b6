import {gather, slice, squeeze, type Tensor} from '@tensorflow/tfjs-core';
import {gatherOnGpu} from '../tensorflow/gatherOnGpu.js';
import {usesGpu} from '../usesGpu.js';

/** Both inputs of every unit, `[rows, units]` each. */
export function gateOperands(x: Tensor, connections: Tensor): {a: Tensor; b: Tensor} {
  const [left, right] = columnsOf(connections) as [Tensor, Tensor];
  const inputs = (indices: Tensor) => (usesGpu() ? gatherOnGpu(x, indices) : gather(x, indices as never, 1));
  return {a: inputs(left), b: inputs(right)};
}

/** The columns of a matrix. */
export function columnsOf(matrix: Tensor): Tensor[] {
  const [rows, width] = matrix.shape as [number, number];
  return Array.from({length: width}, (_, column) => squeeze(slice(matrix, [0, column], [rows, 1]), [1]));
}
