import type {TensorInfo} from '@tensorflow/tfjs-core';

/** Sizes of a batch of gates: `x` is `[rows, inputs]`, `y` is `[rows, units]`. */
export interface GateSizes {
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
}

/**
 * Sizes of a batch of gates, from the shapes of its inputs.
 *
 * @param indices The elements of `connections`.
 * @throws If a connection is not the index of an input: a kernel would read other tensors' memory.
 */
export function checkedGateSizes(x: TensorInfo, connections: TensorInfo, indices: Int32Array): GateSizes {
  const [rows, inputs] = x.shape as [number, number];
  for (const index of indices) {
    if (index < 0 || index >= inputs) {
      throw new Error(
        `logicGates: \`connections\` must be indices of inputs, 0 to ${inputs - 1}, got ${index}.`,
      );
    }
  }
  return {rows, inputs, units: connections.shape[0]!};
}
