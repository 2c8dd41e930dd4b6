/**
 * Which units read each input, for the gradient of inputs: a sum over an input's readers needs no atomics and has a fixed order.
 *
 * @param connections The indices of a and b unit by unit, `[units, 2]`, all from 0 to `inputs - 1`.
 * @returns `inputs + 1` offsets into this array itself, then the readers of each input from its offset to before the next
 *   one's, in ascending order. A reader is 2 unit for a unit's a, 2 unit + 1 for its b.
 */
export function inverseConnections(connections: Int32Array, inputs: number): Int32Array {
  const inverse = new Int32Array(inputs + 1 + connections.length);
  const next = new Int32Array(inputs + 1);
  for (const input of connections) next[input + 1]!++;
  next[0] = inputs + 1;
  for (let input = 1; input <= inputs; input++) next[input]! += next[input - 1]!;
  inverse.set(next);
  connections.forEach((input, reader) => {
    inverse[next[input]!++] = reader;
  });
  return inverse;
}
