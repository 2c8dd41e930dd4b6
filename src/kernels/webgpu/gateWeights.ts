import {EXP} from './exp.js';
import {LARGEST} from './largest.js';

/** Weights of a unit's sixteen gates in WGSL: `weights[g]` is exp((logit - largest) / temperature), and their largest. */
export const GATE_WEIGHTS = `
  ${EXP}
  ${LARGEST}
  var<private> weights : array<f32, 16>;

  fn weigh(unit : i32) -> Largest {
    let largest = largestOf(16 * unit, 16 * unit + 16);
    for (var gate = 0; gate < 16; gate++) {
      weights[gate] = expOf((logits[16 * unit + gate] - largest.value) / uniforms.temperature);
    }
    return largest;
  }
`;
