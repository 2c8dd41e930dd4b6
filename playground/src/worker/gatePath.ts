import {functional} from 'tfjs-discrete';
import type {CircuitParts} from 'tfjs-discrete/circuit';
import type {GateNode, GatePath} from '../messages.js';

const EXAMPLES = 12;
const PIXELS = 784;

const {gateBit, gateCoefficients, GATE_NAMES} = functional;

/** Which of its inputs each gate depends on: gate = c0 + c1 a + c2 b + c3 ab. */
const READS = GATE_NAMES.map((_, id) => {
  const [, c1, c2, c3] = gateCoefficients(id);
  return {a: c1 !== 0 || c3 !== 0, b: c2 !== 0 || c3 !== 0};
});

/**
 * Follows an image through the gates: how many gates of each class say 1, and for the class with most votes, what some of
 * them and all of them read.
 *
 * @param pixels 784 bytes; the circuit is for brightness from 0 to 1.
 */
export function gatePath(circuit: CircuitParts, pixels: Uint8Array): GatePath {
  const {bits, gates, scores} = circuit;
  const inputs = bits.feature.length;
  const signals = new Uint8Array(inputs + gates.id.length);
  bits.feature.forEach((feature, i) => {
    signals[i] = Math.fround(pixels[feature]! / 255) > bits.threshold[i]! ? 1 : 0;
  });
  gates.id.forEach((id, i) => {
    signals[inputs + i] = gateBit(id, signals[gates.a[i]!] as 0 | 1, signals[gates.b[i]!] as 0 | 1);
  });
  const votes = scores.map((score) => score.signals.reduce((sum, signal) => sum + signals[signal]!, 0));
  const answer = votes.indexOf(Math.max(...votes));
  const voting = Array.from(scores[answer]!.signals).filter((signal) => signals[signal] === 1);

  const layerOf = (signal: number): number => {
    if (signal < inputs) return 0;
    const gate = signal - inputs;
    return 1 + Math.max(layerOf(gates.a[gate]!), layerOf(gates.b[gate]!));
  };
  const nodeOf = (signal: number): GateNode => {
    const value = signals[signal] as 0 | 1;
    if (signal < inputs) {
      const [pixel, threshold] = [bits.feature[signal]!, bits.threshold[signal]!];
      return {gate: undefined, layer: 0, value, pixel, threshold, inputs: []};
    }
    return {
      gate: GATE_NAMES[gates.id[signal - inputs]!]!,
      layer: layerOf(signal),
      value,
      ...{pixel: undefined, threshold: undefined},
      inputs: readBy(signal).map(nodeOf),
    };
  };
  const readBy = (signal: number): number[] => {
    const gate = signal - inputs;
    const {a, b} = READS[gates.id[gate]!]!;
    return [...(a ? [gates.a[gate]!] : []), ...(b ? [gates.b[gate]!] : [])];
  };

  const seen = new Uint16Array(PIXELS);
  for (const signal of voting) {
    for (const pixel of pixelsBelow(signal, inputs, readBy, bits.feature)) seen[pixel]!++;
  }
  return {
    votes,
    gatesPerClass: scores[answer]!.signals.length,
    examples: voting
      .filter((signal) => signal >= inputs)
      .slice(0, EXAMPLES)
      .map(nodeOf),
    pixels: seen,
  };
}

/** The pixels that a gate's value depends on. */
function pixelsBelow(
  signal: number,
  inputs: number,
  readBy: (signal: number) => number[],
  feature: Int32Array,
): Set<number> {
  const found = new Set<number>();
  const open = [signal];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next < inputs) found.add(feature[next]!);
    else open.push(...readBy(next));
  }
  return found;
}
