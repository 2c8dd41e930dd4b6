import type {CircuitParts} from '../Circuit.js';
import {levels} from '../statistics.js';

/** The kinds of gates that compiled modules have a loop for, as `assembly/gates.ts` numbers them. */
export const GATE_KINDS = ['AND', 'A and not B', 'OR', 'A or not B', 'XOR', 'XNOR', 'NAND', 'NOR'] as const;

/** How each gate of a simplified circuit becomes one of these: its kind, and which of its inputs comes first. */
const AS_KIND: Readonly<Record<number, readonly [kind: number, first: 'a' | 'b', second: 'a' | 'b']>> = {
  1: [0, 'a', 'b'],
  2: [1, 'a', 'b'],
  4: [1, 'b', 'a'],
  6: [4, 'a', 'b'],
  7: [2, 'a', 'b'],
  8: [7, 'a', 'b'],
  9: [5, 'a', 'b'],
  10: [6, 'b', 'b'],
  11: [3, 'a', 'b'],
  12: [6, 'a', 'a'],
  13: [3, 'b', 'a'],
  14: [6, 'a', 'b'],
};

/** In which order gates are evaluated, and where their values lie meanwhile. */
export interface GateOrder {
  /** Gates of one kind that follow each other. */
  readonly runs: readonly {readonly kind: number; readonly count: number}[];
  /** `[gates][3]`: the two slots that a gate reads and the one that it writes. */
  readonly gates: Int32Array;
  /** The slot of each signal while it is needed; those that scores count keep theirs. */
  readonly slots: Int32Array;
  /** Number of slots; slot 0 is unused. */
  readonly values: number;
}

/**
 * Orders gates by level and then by kind, so that a level is eight loops, and gives each signal a slot, which is free
 * again after the last gate that reads it. The slot freed last is taken first: it is still in the nearest cache.
 *
 * @param circuit Simplified: without constants and wires.
 */
export function orderGates(circuit: CircuitParts): GateOrder {
  const {bits, gates, scores} = circuit;
  const inputs = bits.feature.length;
  const count = gates.id.length;
  const level = levels(circuit);
  const kinds = Int32Array.from(gates.id, (id) => AS_KIND[id]![0]);
  const order = Int32Array.from({length: count}, (_, i) => i).sort(
    (i, j) => level[inputs + i]! - level[inputs + j]! || kinds[i]! - kinds[j]! || i - j,
  );

  const lastReader = new Int32Array(inputs + count).fill(-1);
  order.forEach((gate, i) => {
    lastReader[gates.a[gate]!] = i;
    lastReader[gates.b[gate]!] = i;
  });
  for (const {signals} of scores) for (const signal of signals) lastReader[signal] = count;

  const slots = new Int32Array(inputs + count);
  const free: number[] = [];
  let values = 1;
  for (let bit = 0; bit < inputs; bit++) slots[bit] = values++;
  const table = new Int32Array(3 * count);
  const runs: {kind: number; count: number}[] = [];
  let ended = -1;
  order.forEach((gate, i) => {
    const [kind, first, second] = AS_KIND[gates.id[gate]!]!;
    const [p, q] = [gates[first][gate]!, gates[second][gate]!];
    if (lastReader[p] === i) free.push(slots[p]!);
    if (lastReader[q] === i && q !== p) free.push(slots[q]!);
    const slot = free.pop() ?? values++;
    slots[inputs + gate] = slot;
    table.set([slots[p]!, slots[q]!, slot], 3 * i);
    const atLevel = level[inputs + gate]!;
    const last = runs.at(-1);
    if (last?.kind === kind && ended === atLevel) last.count++;
    else runs.push({kind, count: 1});
    ended = atLevel;
  });
  return {runs, gates: table, slots, values};
}
