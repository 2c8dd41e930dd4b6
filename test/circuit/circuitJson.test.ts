import {describe, expect, it} from 'vitest';
import {Circuit, checkEquivalence} from '../../src/circuit/index.js';
import {mutations} from './mutations.js';
import {randomCircuit} from './support.js';

/** The JSON format, as a test changes it. */
type Json = Record<string, Record<string, unknown>>;
const jsonOf = (circuit: Circuit): Json => JSON.parse(JSON.stringify(circuit)) as Json;

describe('the JSON format', () => {
  it('gives the same circuit back', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const circuit = randomCircuit(seed, {temperature: 0.1 * seed});
      for (const one of [circuit, circuit.forBytes({divisor: 255}), circuit.simplify().circuit]) {
        const loaded = Circuit.fromJSON(JSON.stringify(one));
        expect({...loaded}).toEqual({...one});
      }
    }
  });

  it('keeps names, and leaves out those that nobody gave', () => {
    const circuit = randomCircuit(1);
    expect(JSON.stringify(circuit)).not.toContain('names');
    const named = new Circuit({
      ...circuit,
      featureNames: [...'abcdef'],
      scores: circuit.scores.map((score, i) => ({...score, name: `class ${i}`})),
    });
    const loaded = Circuit.fromJSON(JSON.parse(JSON.stringify(named)));
    expect(loaded.featureNames).toEqual([...'abcdef']);
    expect(loaded.scores.map(({name}) => name)).toEqual(['class 0', 'class 1', 'class 2']);
  });

  it('writes thresholds as the shortest decimals that float32 rounds to the same number', () => {
    const circuit = new Circuit({
      ...randomCircuit(1),
      bits: {
        feature: new Int32Array(9),
        threshold: Float32Array.of(0.1, 1 / 3, 1e-40, -2.5e20, 7, 0, 0.25, 16777215, 3.3),
      },
    });
    expect(jsonOf(circuit).bits!.threshold).toEqual([
      0.1, 0.33333334, 1e-40, -2.5e20, 7, 0, 0.25, 16777215, 3.3,
    ]);
  });

  it.each<[string, (json: Json) => void, string]>([
    [
      'another format',
      (json) => Object.assign(json, {format: 'x'}),
      "`format` must be 'tfjs-discrete/circuit'",
    ],
    ['a later version', (json) => Object.assign(json, {version: 2}), '`version` must be 1'],
    ['an unknown key', (json) => Object.assign(json, {extra: 1}), '`json` must be an object of format'],
    ['a missing part', (json) => delete json.gates, '`json` must be an object with `gates`'],
    ['an array for an object', (json) => Object.assign(json, {bits: []}), '`bits` must be an object'],
    [
      'a gate of id 16',
      (json) => set(json.gates!.id, 0, 16),
      '`gates.id[0]` must be a whole number from 0 to 15',
    ],
    ['a fraction', (json) => set(json.gates!.a, 0, 0.5), '`gates.a[0]` must be a whole number'],
    [
      'text',
      (json) => set(json.bits!.threshold, 1, '0.5'),
      '`bits.threshold[1]` must be a number, got "0.5"',
    ],
    [
      'a threshold out of range',
      (json) => set(json.bits!.threshold, 1, 1e39),
      '`bits.threshold[1]` must be a finite',
    ],
    [
      'a gate that reads itself',
      (json) => set(json.gates!.b, 3, 12),
      '`gates.b[3]` must be a signal before the gate',
    ],
    ['a cycle', (json) => set(json.gates!.a, 2, 30), '`gates.a[2]` must be a signal before the gate'],
    [
      'a feature too many',
      (json) => set(json.bits!.feature, 0, 6),
      '`bits.feature[0]` must be a whole number from 0 to 5',
    ],
    [
      'an unknown signal',
      (json) => set(json.scores!.signals, 0, [49]),
      '`scores[0].signals[0]` must be a whole number from 0 to 48',
    ],
    [
      'lists that do not match',
      (json) => Object.assign(json.gates!, {b: [0]}),
      '`gates.b` must be of length 40',
    ],
    [
      'no score',
      (json) => Object.assign(json.scores!, {signals: [], offset: []}),
      '`scores.count` must be a whole number >= 1',
    ],
    [
      'temperature 0',
      (json) => Object.assign(json.scores!, {temperature: 0}),
      '`temperature` must be a finite number > 0',
    ],
    [
      'temperature that float32 has not',
      (json) => Object.assign(json.scores!, {temperature: 1e-50}),
      '`temperature` must be',
    ],
    [
      'a negative offset',
      (json) => Object.assign(json.scores!, {offset: [0, 0, -1]}),
      '`scores.offset[2]` must be a whole',
    ],
    [
      'a count that float32 has not',
      (json) => Object.assign(json.scores!, {offset: [0, 2 ** 24, 0]}),
      '`scores[1], its signals',
    ],
    [
      'names too few',
      (json) => Object.assign(json.features!, {names: ['a']}),
      '`features.names` must be of length 6',
    ],
    [
      'names that are none',
      (json) => Object.assign(json.features!, {names: [1, 2, 3, 4, 5, 6]}),
      '`featureNames[0]` must be a string',
    ],
    [
      'too many features',
      (json) => Object.assign(json.features!, {count: 2 ** 23}),
      '`features.count` must be at most',
    ],
    [
      'a prototype',
      (json) => Object.defineProperty(json, '__proto__', {value: {}, enumerable: true}),
      '`json` must be an object of',
    ],
  ])('rejects %s by name', (_, change, message) => {
    const json = jsonOf(randomCircuit(1));
    change(json);
    expect(() => Circuit.fromJSON(json)).toThrow(message);
    expect(() => Circuit.fromJSON(json)).toThrow(/^Circuit\.fromJSON: /);
  });

  it.each([undefined, null, 1, [], '', '{', '[]', 'null', '{"format":'])('rejects %j', (json) => {
    expect(() => Circuit.fromJSON(json)).toThrow(/^Circuit\.fromJSON: `json` must be/);
  });

  it('rejects 1,000 damaged files or loads a circuit that works', () => {
    const text = JSON.stringify(randomCircuit(1, {gates: 20}));
    const outcomes = {rejected: 0, loaded: 0};
    for (const mutation of mutations(text, 1000, 1)) {
      let circuit: Circuit;
      try {
        circuit = Circuit.fromJSON(mutation);
      } catch (error) {
        expect((error as Error).message).toMatch(/^Circuit\.fromJSON: `/);
        outcomes.rejected++;
        continue;
      }
      outcomes.loaded++;
      const scores = circuit.evaluate(new Array(3 * circuit.features).fill(0.5));
      expect(scores.length).toBe(3 * circuit.scores.length);
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(checkEquivalence(circuit, circuit.simplify().circuit, {vectors: 2048}).equal).toBe(true);
    }
    expect(outcomes.rejected).toBeGreaterThan(600);
    expect(outcomes.loaded).toBeGreaterThan(50);
  });
});

function set(list: unknown, index: number, value: unknown): void {
  (list as unknown[])[index] = value;
}
