/** Names of the gates by their number, as `functional.GATE_NAMES` has them; the page itself does without the package. */
export const GATES = [
  ...['FALSE', 'AND', 'A and not B', 'A', 'not A and B', 'B', 'XOR', 'OR'],
  ...['NOR', 'XNOR', 'not B', 'A or not B', 'not A', 'not A or B', 'NAND', 'TRUE'],
];
