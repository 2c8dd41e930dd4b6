import {describe, expect, it} from 'vitest';
import {Circuit, checkEquivalence} from '../../src/circuit/index.js';
import {GATE_NAMES} from '../../src/functional/gates.js';
import {generator, randomBatch, randomCircuit, randomModel} from './support.js';

const SEEDS = Array.from({length: 60}, (_, seed) => seed + 1);

/** One gate on the same signal twice, on constants, or on a signal and its inverse. */
function small(gates: [id: number, a: number, b: number][], signals: number[], bits = 2): Circuit {
  return new Circuit({
    featureType: 'float32',
    featureNames: Array.from({length: bits}, (_, i) => `x${i}`),
    bits: {
      feature: Int32Array.from({length: bits}, (_, i) => i),
      threshold: new Float32Array(bits).fill(0.5),
    },
    gates: {
      id: Uint8Array.from(gates, ([id]) => id),
      a: Int32Array.from(gates, ([, a]) => a),
      b: Int32Array.from(gates, ([, , b]) => b),
    },
    scores: signals.map((signal, i) => ({name: `y${i}`, signals: Int32Array.of(signal), offset: 0})),
    temperature: 1,
  });
}

describe('Circuit.simplify', () => {
  it.each(SEEDS)('keeps every score for every input, by exhaustion: random circuit %i', (seed) => {
    const circuit = randomCircuit(seed, {features: 4 + (seed % 7), bits: 12, gates: 20 * (seed % 9)});
    const {circuit: simplified} = circuit.simplify();
    const {equal, exhaustive} = checkEquivalence(circuit, simplified);
    expect({equal, exhaustive}).toEqual({equal: true, exhaustive: true});
  });

  it.each([2, 8, 16])(
    'keeps every score on 10^6 random vectors where inputs are too many: network %i',
    (seed) => {
      const network = randomModel(seed);
      const circuit = Circuit.fromModel(network.model);
      const wide = randomCircuit(seed, {features: 60, bits: 100, gates: 2000, scores: 5});
      for (const one of [circuit, wide]) {
        const found = checkEquivalence(one, one.simplify().circuit, {vectors: 10 ** 6, seed});
        expect(found.equal).toBe(true);
      }
      network.model.dispose();
    },
  );

  it('keeps what features give, also exactly at a threshold', () => {
    for (const seed of [1, 5, 9, 13]) {
      const network = randomModel(seed);
      const circuit = Circuit.fromModel(network.model);
      const batch = randomBatch(network, 500, seed);
      expect(circuit.simplify().circuit.evaluate(batch)).toEqual(circuit.evaluate(batch));
      network.model.dispose();
    }
  });

  it.each([
    [
      'constants',
      [
        [0, 0, 1],
        [15, 0, 0],
        [7, 0, 2],
        [1, 3, 4],
      ],
      [5],
    ],
    [
      'wires',
      [
        [3, 0, 1],
        [5, 0, 2],
      ],
      [3],
    ],
    [
      'gates of a signal with itself',
      [
        [1, 0, 0],
        [7, 2, 2],
      ],
      [3],
    ],
    [
      'two inverters in a row',
      [
        [12, 0, 0],
        [10, 1, 2],
      ],
      [3],
    ],
  ] as [string, [number, number, number][], number[]][])('folds %s away', (_, gates, signals) => {
    const {report, circuit} = small(gates, signals).simplify();
    expect(report.after).toMatchObject({gates: 0, depth: 0});
    expect(checkEquivalence(small(gates, signals), circuit).equal).toBe(true);
  });

  it.each([
    [
      'equal gates, also with their inputs exchanged',
      [
        [1, 0, 1],
        [1, 1, 0],
        [6, 2, 3],
        [7, 2, 4],
      ],
      [5],
      1,
    ],
    [
      'gates that are equal by de Morgan',
      [
        [1, 0, 1],
        [12, 0, 0],
        [12, 1, 1],
        [8, 3, 4],
        [7, 2, 5],
      ],
      [6],
      1,
    ],
    [
      'a AND (a AND b)',
      [
        [1, 0, 1],
        [1, 0, 2],
      ],
      [3],
      1,
    ],
    [
      'a AND NOT (a AND b)',
      [
        [14, 0, 1],
        [1, 0, 2],
      ],
      [3],
      1,
    ],
    [
      'a XOR (a XOR b)',
      [
        [6, 0, 1],
        [6, 0, 2],
      ],
      [3],
      0,
    ],
    [
      'NAND(a, b) AND NAND(a, not b)',
      [
        [14, 0, 1],
        [13, 0, 1],
        [1, 2, 3],
      ],
      [4],
      1,
    ],
  ] as [string, [number, number, number][], number[], number][])('merges %s', (_, gates, signals, left) => {
    const circuit = small(gates, signals);
    const simplified = circuit.simplify();
    expect(simplified.report.after.gates).toBe(left);
    expect(checkEquivalence(circuit, simplified.circuit).equal).toBe(true);
  });

  it('removes gates and bits that no score reads', () => {
    const {circuit} = small(
      [
        [1, 0, 1],
        [6, 2, 3],
        [7, 4, 5],
      ],
      [4],
      4,
    ).simplify();
    expect(circuit.gates.id.length).toBe(1);
    expect(circuit.bits.feature).toEqual(Int32Array.of(0, 1));
    expect(circuit.features).toBe(4);
  });

  it('uses that a number above a threshold is above all lower ones', () => {
    const ordered = (gate: number) =>
      new Circuit({
        ...small([[gate, 0, 1]], [2]),
        featureNames: ['x'],
        bits: {feature: Int32Array.of(0, 0), threshold: Float32Array.of(0.25, 0.75)},
      });
    for (let gate = 0; gate < 16; gate++) {
      const {circuit} = ordered(gate).simplify();
      expect([...circuit.evaluate([0, 0.5, 1])], GATE_NAMES[gate]).toEqual([
        ...ordered(gate).evaluate([0, 0.5, 1]),
      ]);
    }
    expect(ordered(1).simplify().circuit.gates.id.length).toBe(0);
    expect(ordered(4).simplify().circuit.scores[0]).toMatchObject({signals: new Int32Array(), offset: 0});
  });

  it('counts constants and pairs of a signal and its inverse in the offset', () => {
    const circuit = small(
      [
        [15, 0, 0],
        [12, 0, 0],
      ],
      [0],
    );
    const score = {name: 'y', signals: Int32Array.of(2, 3, 0, 0, 1), offset: 2};
    const {circuit: simplified} = new Circuit({...circuit, scores: [score]}).simplify();
    expect(simplified.scores[0]).toEqual({name: 'y', signals: Int32Array.of(0, 1), offset: 4});
  });

  it('is at a fixed point: simplifying again changes nothing', () => {
    for (const seed of SEEDS) {
      const once = randomCircuit(seed, {gates: 300}).simplify().circuit;
      const fresh = Circuit.fromJSON(JSON.stringify(once)); // nothing says that it is simplified
      expect(fresh.simplify().circuit.toJSON()).toEqual(once.toJSON());
      expect(once.simplify().circuit).toBe(once);
    }
  });

  it('folds chains of 100,000 gates, and keeps those that it cannot fold', async () => {
    const length = 100_000;
    const chain = (id: (i: number) => number, other: (i: number) => number) =>
      small(
        Array.from({length}, (_, i): [number, number, number] => [id(i), i === 0 ? 0 : 2 + i, other(i)]),
        [2 + length],
        3,
      );
    const inverters = chain(
      () => 12,
      () => 1,
    ).simplify();
    expect(inverters.report.after.gates).toBe(0);
    const alternating = chain(
      (i) => (i % 2 === 0 ? 1 : 7),
      (i) => (i % 2 === 0 ? 1 : 2),
    );
    const {circuit} = alternating.simplify();
    expect(checkEquivalence(alternating, circuit)).toMatchObject({equal: true, exhaustive: true});
    const nand = chain(
      () => 14,
      (i) => i % 3,
    );
    const batch = Array.from({length: 24}, (_, i) => (Math.floor(i / 3) >> (i % 3)) & 1);
    expect((await nand.compile()).evaluate(batch)).toEqual(nand.evaluate(batch));
  });

  it('reports gates, depth and a histogram that adds up, before and after', () => {
    const circuit = randomCircuit(3, {gates: 200});
    const {report, circuit: simplified} = circuit.simplify();
    expect(report.before).toEqual(circuit.statistics());
    expect(report.after).toEqual(simplified.statistics());
    expect(report.before.gates).toBe(200);
    for (const {histogram, gates} of [report.before, report.after]) {
      expect(Object.values(histogram).reduce((sum, count) => sum + count, 0)).toBe(gates);
    }
    expect(report.removed).toBeCloseTo(1 - report.after.gates / 200, 12);
    expect(report.after.depth).toBeLessThanOrEqual(report.before.depth);
  });
});

describe('checkEquivalence', () => {
  it('finds the one input of 2^20 for which two circuits differ', () => {
    // AND of 20 bits against the constant 0.
    const chain = Array.from({length: 19}, (_, i): [number, number, number] =>
      i === 0 ? [1, 0, 1] : [1, i + 1, 19 + i],
    );
    const and = small(chain, [20 + 18], 20);
    const zero = new Circuit({...and, scores: [{name: 'y0', signals: new Int32Array(), offset: 0}]});
    const found = checkEquivalence(and, zero);
    expect(found).toMatchObject({equal: false, exhaustive: true, counterexample: {score: 0}});
    expect(and.evaluate(found.counterexample!.features)).toEqual(Float32Array.of(1));
  });

  it('gives a sample on which the scores really differ, of numbers and of bytes', () => {
    let different = 0;
    for (const seed of SEEDS) {
      const one = randomCircuit(seed, {features: 40, bits: 50, gates: 60});
      const id = one.gates.id.slice();
      const random = generator(seed);
      for (let i = 0; i < 3; i++) id[random(60)]! ^= 1 + random(14);
      const other = new Circuit({...one, gates: {...one.gates, id}});
      for (const [a, b] of [
        [one, other],
        [one.forBytes({divisor: 10}), other.forBytes({divisor: 10})],
      ] as const) {
        const {equal, counterexample} = checkEquivalence(a, b, {vectors: 4096});
        if (equal) continue;
        different++;
        const {features, score} = counterexample!;
        const bytes = a.featureType === 'uint8' ? [...features] : features;
        expect(a.evaluate(bytes)[score]).not.toBe(b.evaluate(bytes)[score]);
      }
    }
    expect(different).toBeGreaterThan(60);
  });

  it('rejects circuits that cannot be compared', () => {
    const one = randomCircuit(1);
    expect(() => checkEquivalence(one, randomCircuit(1, {features: 7}))).toThrow('of 6 float32 features');
    expect(() => checkEquivalence(one, randomCircuit(1, {scores: 2}))).toThrow('of 3 scores');
    expect(() => checkEquivalence(one, randomCircuit(1, {temperature: 2}))).toThrow('of temperature 1');
    expect(() => checkEquivalence(one, one, {vectors: 0})).toThrow('`vectors` must be a whole number >= 1');
  });
});
