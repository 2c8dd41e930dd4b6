import {invalid} from '../../functional/validate.js';
import type {CircuitParts, Score} from '../Circuit.js';
import {type CircuitStatistics, statistics} from '../statistics.js';
import {LogicGraph, not, ONE, ZERO} from './LogicGraph.js';

/** What simplifying did. */
export interface SimplifyReport {
  /** Statistics of the circuit given. */
  readonly before: CircuitStatistics;
  /** Statistics of the simplified circuit. */
  readonly after: CircuitStatistics;
  /** Gates that are gone, from 0 to 1. */
  readonly removed: number;
  /** Passes over the circuit, the last of which changed nothing. */
  readonly passes: number;
}

/** More passes than any circuit has needed by far; each but the last removes a gate at least. */
const MOST_PASSES = 1000;

/** Circuits that came out of this, so that compiling or exporting one does not do it again. */
const simplified = new WeakSet<CircuitParts>();

/** Says that `circuit` consists of parts that `simplifyParts` returned. */
export function markSimplified(circuit: CircuitParts): void {
  simplified.add(circuit);
}

/** An equivalent circuit with fewer gates. @see Circuit.simplify */
export function simplifyParts(circuit: CircuitParts): {parts: CircuitParts; report: SimplifyReport} {
  if (simplified.has(circuit)) {
    const size = statistics(circuit);
    return {parts: circuit, report: {before: size, after: size, removed: 0, passes: 1}};
  }
  let parts = circuit;
  for (let passes = 1; passes <= MOST_PASSES; passes++) {
    const next = onePass(parts);
    const same = passes > 1 && next.gates.id.length >= parts.gates.id.length;
    if (!same) {
      parts = next;
      continue;
    }
    const [before, after] = [statistics(circuit), statistics(parts)];
    const removed = before.gates === 0 ? 0 : 1 - after.gates / before.gates;
    return {parts, report: {before, after, removed, passes}};
  }
  throw invalid('Circuit.simplify', 'passes', `at most ${MOST_PASSES}`, MOST_PASSES);
}

function onePass(circuit: CircuitParts): CircuitParts {
  const {bits, gates, scores, featureType} = circuit;
  const graph = new LogicGraph();
  const literals = new Int32Array(bits.feature.length + gates.id.length);
  for (let i = 0; i < bits.feature.length; i++) {
    const threshold = bits.threshold[i]!;
    const fixed = featureType === 'uint8' && (threshold < 0 || threshold >= 255);
    literals[i] = fixed ? (threshold < 0 ? ONE : ZERO) : graph.bit(bits.feature[i]!, threshold);
  }
  for (let i = 0; i < gates.id.length; i++) {
    const [a, b] = [literals[gates.a[i]!]!, literals[gates.b[i]!]!];
    literals[bits.feature.length + i] = graph.gate(gates.id[i]!, a, b);
  }
  const counted = scores.map((score) => netLiterals(score, literals));
  return {...circuit, ...graph.emit(counted)};
}

/** A score's literals: constants join its offset, and so does each pair of a signal and its inverse. */
function netLiterals({name, signals, offset}: Score, literals: Int32Array): Score {
  let ones = offset;
  const times = new Map<number, number>();
  for (const signal of signals) {
    const literal = literals[signal]!;
    if (literal === ONE) ones++;
    else if (literal !== ZERO) times.set(literal, (times.get(literal) ?? 0) + 1);
  }
  const left: number[] = [];
  for (const [literal, count] of times) {
    const opposite = times.get(not(literal)) ?? 0;
    const pairs = Math.min(count, opposite);
    if (literal % 2 === 0) ones += pairs;
    for (let i = pairs; i < count; i++) left.push(literal);
  }
  return {name, signals: Int32Array.from(left), offset: ones};
}
