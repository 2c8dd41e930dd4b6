import {functional} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import type {GateNode} from '../../playground/src/messages.js';
import {gatePath} from '../../playground/src/worker/gatePath.js';
import {randomCircuit} from '../circuit/support.js';

const PIXELS = 784;
const image = (seed: number) =>
  Uint8Array.from({length: PIXELS}, (_, i) => (i * 7919 + seed * 104_729) % 256);

/** What a node's value has to be, from its inputs alone. */
function computedValue({gate, inputs, value}: GateNode): number {
  if (gate === undefined) return value;
  const id = functional.GATE_NAMES.indexOf(gate as (typeof functional.GATE_NAMES)[number]);
  const [c0, c1, c2, c3] = functional.gateCoefficients(id);
  const values = inputs.map(computedValue);
  const a = c1 !== 0 || c3 !== 0 ? values.shift()! : 0;
  const b = c2 !== 0 || c3 !== 0 ? values.shift()! : 0;
  return c0 + c1 * a + c2 * b + c3 * a * b;
}

const pixelsOf = (node: GateNode): number[] =>
  node.pixel === undefined ? node.inputs.flatMap(pixelsOf) : [node.pixel];

describe('gatePath', () => {
  it.each([1, 2, 3, 4])('counts the votes that circuit %i gives as scores', (seed) => {
    const circuit = randomCircuit(seed, {
      features: PIXELS,
      bits: 784,
      gates: 600,
      scores: 10,
      temperature: 1,
    });
    for (let number = 0; number < 5; number++) {
      const pixels = image(number);
      const scores = circuit.evaluate(Float32Array.from(pixels, (pixel) => pixel / 255));
      const {votes} = gatePath(circuit, pixels);
      expect(votes).toEqual(circuit.scores.map(({offset}, i) => scores[i]! - offset));
    }
  });

  it('shows gates that say 1, each with the value that its inputs give', () => {
    const circuit = randomCircuit(5, {features: PIXELS, bits: 784, gates: 600, scores: 10, temperature: 1});
    const {examples, pixels} = gatePath(circuit, image(1));
    expect(examples.length).toBeGreaterThan(0);
    for (const node of examples) {
      expect(node.value).toBe(1);
      expect(computedValue(node)).toBe(1);
      for (const pixel of pixelsOf(node)) expect(pixels[pixel]).toBeGreaterThan(0);
    }
  });
});
