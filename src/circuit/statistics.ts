import {GATE_NAMES} from '../functional/gates.js';
import type {CircuitParts} from './Circuit.js';

/** The size of a circuit. */
export interface CircuitStatistics {
  /** Number of gates. */
  readonly gates: number;
  /** Gates on the longest way from an input bit to a score. */
  readonly depth: number;
  /** Input bits that something reads. */
  readonly bits: number;
  /** How often each gate occurs, by its name in difflogic's order. */
  readonly histogram: Readonly<Record<string, number>>;
}

/** The number of gates between the inputs and each signal. */
export function levels({bits, gates}: CircuitParts): Int32Array {
  const inputs = bits.feature.length;
  const level = new Int32Array(inputs + gates.id.length);
  for (let i = 0; i < gates.id.length; i++) {
    level[inputs + i] = 1 + Math.max(level[gates.a[i]!]!, level[gates.b[i]!]!);
  }
  return level;
}

/** @returns Number of gates, depth, bits in use and a histogram of gates. */
export function statistics(circuit: CircuitParts): CircuitStatistics {
  const {bits, gates, scores} = circuit;
  const level = levels(circuit);
  const used = new Uint8Array(level.length);
  let depth = 0;
  for (const {signals} of scores) {
    for (const signal of signals) {
      used[signal] = 1;
      depth = Math.max(depth, level[signal]!);
    }
  }
  const counts = new Array<number>(16).fill(0);
  gates.id.forEach((id, i) => {
    counts[id]!++;
    used[gates.a[i]!] = 1;
    used[gates.b[i]!] = 1;
  });
  let read = 0;
  for (let i = 0; i < bits.feature.length; i++) read += used[i]!;
  const histogram = Object.fromEntries(GATE_NAMES.map((name, id) => [name, counts[id]!]));
  return {gates: gates.id.length, depth, bits: read, histogram};
}
