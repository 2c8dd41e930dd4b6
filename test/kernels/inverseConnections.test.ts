import {describe, expect, it} from 'vitest';
import {inverseConnections} from '../../src/kernels/inverseConnections.js';
import {forGenerated, gatesCases} from './generated.js';

describe('inverseConnections', () => {
  it('lists the readers of each input in ascending order, a unit that reads it twice included', () => {
    expect([...inverseConnections(Int32Array.of(2, 0, 2, 2), 3)]).toEqual([4, 5, 5, 8, 1, 0, 2, 3]);
  });

  it('names every reader once, under the input that it reads', () => {
    forGenerated(gatesCases, ({connections, inputs}) => {
      const inverse = inverseConnections(connections, inputs);
      expect(inverse.length).toBe(inputs + 1 + connections.length);
      const found: number[] = [];
      for (let input = 0; input < inputs; input++) {
        const readers = [...inverse.subarray(inverse[input]!, inverse[input + 1]!)];
        expect(readers).toEqual([...readers].sort((a, b) => a - b));
        for (const reader of readers) expect(connections[reader]).toBe(input);
        found.push(...readers);
      }
      expect(found.sort((a, b) => a - b)).toEqual([...connections.keys()]);
    });
  });
});
