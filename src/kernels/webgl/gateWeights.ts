import {EXP} from './exp.js';
import {LARGEST} from './largest.js';

/**
 * Weights of a unit's sixteen gates in GLSL: `weights[g]` is exp((logit - largest) / temperature).
 */
export const GATE_WEIGHTS = `
  ${EXP}
  ${LARGEST}
  float weights[16];

  Largest weigh(int unit) {
    Largest largest = largestOf(16 * unit, 16 * unit + 16);
    for (int gate = 0; gate < 16; gate++) {
      weights[gate] = expOf((getLogits(16 * unit + gate) - largest.value) / temperature);
    }
    return largest;
  }
`;
