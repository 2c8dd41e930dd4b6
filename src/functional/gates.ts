export {
  GATE_COEFFICIENTS,
  GATE_NAMES,
  GATE_TRUTH,
  gateBit,
  gateCoefficients,
  TRUTH_TABLE_ROWS,
} from '../kernels/gateTable.js';
