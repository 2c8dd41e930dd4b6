import {cast, gather, slice, squeeze, type Tensor} from '@tensorflow/tfjs-core';
import {gatherOnGpu} from '../tensorflow/gatherOnGpu.js';
import {usesGpu} from '../usesGpu.js';

/** Both inputs of every unit, `[rows, units]` each, where they have been gathered before. Composed ops use them; kernels ignore them. */
export interface GateOperands {
  readonly a?: Tensor | undefined;
  readonly b?: Tensor | undefined;
}

/** Both inputs of every unit, `[rows, units]` each. */
export function gateOperands(x: Tensor, connections: Tensor): {a: Tensor; b: Tensor} {
  const indices = connections.dtype === 'int32' ? connections : cast(connections, 'int32');
  const [left, right] = columnsOf(indices) as [Tensor, Tensor];
  const inputs = (of: Tensor) => (usesGpu() ? gatherOnGpu(x, of) : gather(x, of as never, 1));
  return {a: inputs(left), b: inputs(right)};
}

/** The operands if they are known, else what `gather` gives. */
export function knownOr({a, b}: GateOperands, gather: () => {a: Tensor; b: Tensor}): {a: Tensor; b: Tensor} {
  return a === undefined || b === undefined ? gather() : {a, b};
}

/** The columns of a matrix. */
export function columnsOf(matrix: Tensor): Tensor[] {
  const [rows, width] = matrix.shape as [number, number];
  return Array.from({length: width}, (_, column) => squeeze(slice(matrix, [0, column], [rows, 1]), [1]));
}
