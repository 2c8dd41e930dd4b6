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
 * @param places The elements of `connections`.
 * @throws where a connection is not the place of an input: a fast form would read a stranger's memory.
 */
export function gateSizes(x: TensorInfo, connections: TensorInfo, places: Int32Array): GateSizes {
  const [rows, inputs] = x.shape as [number, number];
  for (const place of places) {
    if (place < 0 || place >= inputs) {
      throw new Error(
        `logicGates: \`connections\` must be places of inputs, 0 to ${inputs - 1}, got ${place}.`,
      );
    }
  }
  return {rows, inputs, units: connections.shape[0]!};
}
