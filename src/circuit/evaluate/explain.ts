import {invalid} from '../../functional/validate.js';
import type {CircuitParts} from '../Circuit.js';
import {simplifyParts} from '../simplify/simplifyParts.js';
import {applyGates} from './applyGates.js';

/** Input bits of a truth table: 4,096 rows. */
const MOST_BITS = 12;

/** What one score depends on, and its value for every combination. */
export interface Explanation {
  /** Its name. */
  readonly score: string;
  /** The input bits that the score depends on, in the table's order. */
  readonly inputs: readonly {readonly feature: string; readonly threshold: number}[];
  /** One row per combination that can occur, with the bits as text, such as `010`. */
  readonly rows: readonly {readonly bits: string; readonly value: number}[];
  /** The same as a table to read. */
  readonly text: string;
}

/** @see Circuit.explain */
export function explainScore(circuit: CircuitParts, which: string | number): Explanation {
  const owner = 'Circuit.explain';
  const index = typeof which === 'number' ? which : circuit.scores.findIndex(({name}) => name === which);
  const chosen = circuit.scores[index];
  if (chosen === undefined) {
    throw invalid(owner, 'score', `a name, or a whole number from 0 to ${circuit.scores.length - 1}`, which);
  }
  const {parts} = simplifyParts({...circuit, scores: [chosen]});
  const {bits, gates, scores, temperature} = parts;
  const count = bits.feature.length;
  if (count > MOST_BITS) {
    throw invalid(owner, 'score', `one that depends on at most ${MOST_BITS} bits`, `${which}, of ${count}`);
  }
  const signals = new Int32Array(count + gates.id.length);
  const rows: {bits: string; value: number}[] = [];
  for (let row = 0; row < 2 ** count; row++) {
    for (let bit = 0; bit < count; bit++) signals[bit] = -((row >> (count - 1 - bit)) & 1);
    if (!canOccur(parts, signals)) continue;
    applyGates(parts, signals, 1);
    const {offset, signals: read} = scores[0]!;
    const ones = read.reduce((sum, signal) => sum + (signals[signal]! & 1), offset);
    rows.push({
      bits: row.toString(2).padStart(count, '0').slice(0, count),
      value: Math.fround(ones / Math.fround(temperature)),
    });
  }
  const inputs = Array.from(bits.feature, (feature, i) => ({
    feature: circuit.featureNames[feature]!,
    threshold: bits.threshold[i]!,
  }));
  const heads = inputs.map(({feature, threshold}) => `${feature} > ${Number(threshold.toPrecision(6))}`);
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => cell.padEnd(i < count ? heads[i]!.length : 0)).join(' | ');
  const text = [
    line([...heads, chosen.name]),
    ...rows.map(({bits: digits, value}) => line([...digits, String(value)])),
  ].join('\n');
  return {score: chosen.name, inputs, rows, text};
}

/** Whether no feature is above a threshold and yet not above a lower one. */
function canOccur({bits}: CircuitParts, signals: Int32Array): boolean {
  for (let high = 0; high < bits.feature.length; high++) {
    if (signals[high] === 0) continue;
    for (let low = 0; low < bits.feature.length; low++) {
      const lower = bits.feature[low] === bits.feature[high] && bits.threshold[low]! < bits.threshold[high]!;
      if (lower && signals[low] === 0) return false;
    }
  }
  return true;
}
