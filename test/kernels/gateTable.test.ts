import {describe, expect, it} from 'vitest';
import {
  GATE_COEFFICIENTS,
  GATE_NAMES,
  GATE_TRUTH,
  gateBit,
  gateCoefficients,
  TRUTH_TABLE_ROWS,
} from '../../src/kernels/index.js';

/** Typed from the gates' names, as TypeScript says them. */
const TABLE: [string, (a: boolean, b: boolean) => boolean][] = [
  ['FALSE', () => false],
  ['AND', (a, b) => a && b],
  ['A and not B', (a, b) => a && !b],
  ['A', (a) => a],
  ['not A and B', (a, b) => !a && b],
  ['B', (_, b) => b],
  ['XOR', (a, b) => a !== b],
  ['OR', (a, b) => a || b],
  ['NOR', (a, b) => !(a || b)],
  ['XNOR', (a, b) => a === b],
  ['not B', (_, b) => !b],
  ['A or not B', (a, b) => a || !b],
  ['not A', (a) => !a],
  ['not A or B', (a, b) => !a || b],
  ['NAND', (a, b) => !(a && b)],
  ['TRUE', () => true],
];

describe('the table of gates', () => {
  it('has the names in difflogic’s order', () => {
    expect([...GATE_NAMES]).toEqual(TABLE.map(([name]) => name));
  });

  it.each(TABLE.map(([name, gate], id) => [id, name, gate] as const))('gate %i is %s', (id, _, gate) => {
    const [c0, c1, c2, c3] = gateCoefficients(id);
    TRUTH_TABLE_ROWS.forEach(([a, b], row) => {
      const expected = Number(gate(a === 1, b === 1));
      expect(gateBit(id, a, b)).toBe(expected);
      expect(c0 + c1 * a + c2 * b + c3 * a * b).toBe(expected);
      expect(GATE_TRUTH[row]![id]).toBe(expected);
    });
    expect(GATE_COEFFICIENTS[id]).toEqual([c0, c1, c2, c3]);
  });
});
