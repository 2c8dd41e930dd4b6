/** The sixteen two-input gates in difflogic's order; the index is the gate's id. */
export const GATE_NAMES = [
  'FALSE',
  'AND',
  'A and not B',
  'A',
  'not A and B',
  'B',
  'XOR',
  'OR',
  'NOR',
  'XNOR',
  'not B',
  'A or not B',
  'not A',
  'not A or B',
  'NAND',
  'TRUE',
] as const;

/**
 * Output of gate `id` (0 to 15): its four bits are the outputs for 00, 01, 10, 11 in that order.
 * @example
 * functional.gateBit(6, 1, 0); // XOR of 1 and 0: 1
 */
export function gateBit(id: number, a: 0 | 1, b: 0 | 1): 0 | 1 {
  return ((id >> (3 - 2 * a - b)) & 1) as 0 | 1;
}

/** The four combinations of inputs, in the order of a gate id's bits. */
export const TRUTH_TABLE_ROWS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/**
 * [c0, c1, c2, c3] of gate `id`: its output is c0 + c1 a + c2 b + c3 ab, on reals as on bits.
 * @example
 * functional.gateCoefficients(1); // AND is a * b: [0, 0, 0, 1]
 */
export function gateCoefficients(id: number): [number, number, number, number] {
  const [at00, at01, at10, at11] = TRUTH_TABLE_ROWS.map(([a, b]) => gateBit(id, a, b)) as [
    number,
    number,
    number,
    number,
  ];
  return [at00, at10 - at00, at01 - at00, at11 - at10 - at01 + at00];
}

/** Coefficients of all gates, `[16][4]`. */
export const GATE_COEFFICIENTS = GATE_NAMES.map((_, id) => gateCoefficients(id));

/** Output of every gate in every row of its truth table, `[4][16]`. */
export const GATE_TRUTH = TRUTH_TABLE_ROWS.map(([a, b]) => GATE_NAMES.map((_, id) => gateBit(id, a, b)));
