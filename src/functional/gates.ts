import * as table from '../kernels/gateTable.js';
import {invalid} from './validate.js';

export {GATE_COEFFICIENTS, GATE_NAMES, GATE_TRUTH, TRUTH_TABLE_ROWS} from '../kernels/gateTable.js';

/**
 * Output of gate `id` (0 to 15): its four bits answer inputs 00, 01, 10, 11 in that order.
 *
 * @throws If there is no such gate.
 * @example
 * functional.gateBit(6, 1, 0); // XOR of 1 and 0: 1
 */
export function gateBit(id: number, a: 0 | 1, b: 0 | 1): 0 | 1 {
  checkId('gateBit', id);
  return table.gateBit(id, a, b);
}

/**
 * [c0, c1, c2, c3] of gate `id`: its output is c0 + c1 a + c2 b + c3 ab, on reals as on bits.
 *
 * @throws If there is no such gate.
 * @example
 * functional.gateCoefficients(1); // AND is a * b: [0, 0, 0, 1]
 */
export function gateCoefficients(id: number): [number, number, number, number] {
  checkId('gateCoefficients', id);
  return table.gateCoefficients(id);
}

function checkId(owner: string, id: number): void {
  if (!(Number.isInteger(id) && id >= 0 && id < table.GATE_NAMES.length)) {
    throw invalid(owner, 'id', `a gate's number, 0 to ${table.GATE_NAMES.length - 1}`, id);
  }
}
