import {assert, integer, property, record} from 'fast-check';
import {describe, expect, it} from 'vitest';
import {connectUnits} from '../../src/functional/connections.js';
import {sampleConnections} from '../../src/functional/index.js';

const RUNS = {numRuns: 300, seed: 20241013};

const pairsOf = (connections: Int32Array) =>
  Array.from(
    {length: connections.length / 2},
    (_, unit) => [connections[2 * unit]!, connections[2 * unit + 1]!] as const,
  );

const readersOf = (connections: Int32Array, inputs: number) => {
  const readers = new Array<number>(inputs).fill(0);
  for (const index of connections) readers[index]!++;
  return readers;
};

const sizes = record({
  inputs: integer({min: 2, max: 40}),
  units: integer({min: 1, max: 120}),
  seed: integer(),
});

describe('sampleConnections', () => {
  it('random: every input has readers within one of every other, and no unit reads one twice', () => {
    // Swapping inputs keeps the number of readers, and with two inputs or more there is always a swap.
    assert(
      property(sizes, ({inputs, units, seed}) => {
        const connections = sampleConnections({kind: 'random', inputs, units, seed});
        expect(connections).toHaveLength(2 * units);
        for (const [a, b] of pairsOf(connections)) expect(a).not.toBe(b);
        const readers = readersOf(connections, inputs);
        expect(readers).toHaveLength(inputs);
        expect(Math.max(...readers) - Math.min(...readers)).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });

  it('random: a lone input is read twice, as there is no other', () => {
    expect([...sampleConnections({kind: 'random', inputs: 1, units: 3, seed: 7})]).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
  });

  it('unique: no pair twice, in either order, and every input read where units are enough', () => {
    assert(
      property(sizes, ({inputs, units: wished, seed}) => {
        const units = Math.min(wished, (inputs * (inputs - 1)) / 2);
        const connections = sampleConnections({kind: 'unique', inputs, units, seed});
        expect(connections).toHaveLength(2 * units);
        const pairs = pairsOf(connections);
        for (const [a, b] of pairs) {
          expect(a).not.toBe(b);
          expect(Math.min(a, b)).toBeGreaterThanOrEqual(0);
          expect(Math.max(a, b)).toBeLessThan(inputs);
        }
        expect(new Set(pairs.map(([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`)).size).toBe(units);
        if (2 * units >= inputs) expect(Math.min(...readersOf(connections, inputs))).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  it('unique: nearest pairs first, and pairs of the last distance are equally likely', () => {
    assert(
      property(sizes, ({inputs, units: wished, seed}) => {
        const units = Math.min(wished, (inputs * (inputs - 1)) / 2);
        const found = new Array<number>(inputs).fill(0);
        for (const [a, b] of pairsOf(sampleConnections({kind: 'unique', inputs, units, seed}))) {
          found[Math.abs(a - b)]!++;
        }
        let left = units;
        for (let distance = 1; distance < inputs; distance++) {
          const here = Math.min(left, inputs - distance);
          expect(found[distance]).toBe(here);
          left -= here;
        }
      }),
      RUNS,
    );
    // 20 inputs, 28 units: 19 neighbours, then 9 of the 18 pairs two apart, each with probability 1/2; four standard errors.
    const [hits, n] = [new Array<number>(18).fill(0), 4000];
    for (let seed = 0; seed < n; seed++) {
      for (const [a, b] of pairsOf(sampleConnections({kind: 'unique', inputs: 20, units: 28, seed}))) {
        if (Math.abs(a - b) === 2) hits[Math.min(a, b)]!++;
      }
    }
    for (const count of hits) expect(Math.abs(count / n - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / n));
  });

  it('unique: each order of a pair and each unit for it is equally likely', () => {
    // 4 inputs, 2 units: pairs 0 1 and 2 3, each in any of 2 units and 2 orders; four standard errors.
    const hits = new Map<string, number>();
    const n = 4000;
    for (let seed = 0; seed < n; seed++) {
      const first = String(sampleConnections({kind: 'unique', inputs: 4, units: 2, seed}).slice(0, 2));
      hits.set(first, (hits.get(first) ?? 0) + 1);
    }
    expect([...hits.keys()].sort()).toEqual(['0,1', '1,0', '2,3', '3,2']);
    for (const count of hits.values()) {
      expect(Math.abs(count / n - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / n));
    }
  });

  it('unique: can use every pair', () => {
    const pairs = pairsOf(sampleConnections({kind: 'unique', inputs: 30, units: 435, seed: 3}));
    expect(new Set(pairs.map(([a, b]) => Math.min(a, b) * 30 + Math.max(a, b))).size).toBe(435);
  });

  it('balanced: no pair twice, in either order, and every input has readers within one of every other', () => {
    assert(
      property(sizes, ({inputs, units: wished, seed}) => {
        const units = Math.min(wished, (inputs * (inputs - 1)) / 2);
        const connections = sampleConnections({kind: 'balanced', inputs, units, seed});
        expect(connections).toHaveLength(2 * units);
        const pairs = pairsOf(connections);
        for (const [a, b] of pairs) expect(a).not.toBe(b);
        expect(new Set(pairs.map(([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`)).size).toBe(units);
        const readers = readersOf(connections, inputs);
        expect(readers).toHaveLength(inputs);
        expect(Math.max(...readers) - Math.min(...readers)).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });

  it('balanced: can use any number of the pairs there are', () => {
    for (const inputs of [2, 3, 4, 7, 10, 11]) {
      for (let units = 1; units <= (inputs * (inputs - 1)) / 2; units++) {
        const connections = sampleConnections({kind: 'balanced', inputs, units, seed: 3});
        const pairs = pairsOf(connections).map(([a, b]) => Math.min(a, b) * inputs + Math.max(a, b));
        expect(new Set(pairs).size).toBe(units);
        const readers = readersOf(connections, inputs);
        expect(Math.max(...readers) - Math.min(...readers)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('balanced: every ordered pair is as likely as any other for every unit', () => {
    // 6 inputs, 6 units: 30 ordered pairs for the first unit and for the last; four standard errors.
    const [first, last, n] = [new Map<string, number>(), new Map<string, number>(), 9000];
    for (let seed = 0; seed < n; seed++) {
      const pairs = pairsOf(sampleConnections({kind: 'balanced', inputs: 6, units: 6, seed})).map(String);
      first.set(pairs[0]!, (first.get(pairs[0]!) ?? 0) + 1);
      last.set(pairs[5]!, (last.get(pairs[5]!) ?? 0) + 1);
    }
    for (const hits of [first, last]) {
      expect(hits.size).toBe(30);
      for (const count of hits.values()) {
        expect(Math.abs(count / n - 1 / 30)).toBeLessThan(4 * Math.sqrt(((1 / 30) * (29 / 30)) / n));
      }
    }
  });

  it('balanced: swaps leave nothing of the ring that they start from', () => {
    // 6 inputs, 6 units, so every input has two readers: either one ring of 6 (60 of them) or two triangles (10).
    // Without swaps there would never be two triangles; four standard errors around 1/7.
    let triangles = 0;
    const n = 4000;
    for (let seed = 0; seed < n; seed++) {
      const pairs = pairsOf(sampleConnections({kind: 'balanced', inputs: 6, units: 6, seed}));
      const next = (from: number) => pairs.filter((pair) => pair.includes(from)).flat();
      const near = new Set(next(0).flatMap(next));
      if (near.size === 3) triangles++;
    }
    expect(Math.abs(triangles / n - 1 / 7)).toBeLessThan(4 * Math.sqrt(((1 / 7) * (6 / 7)) / n));
  });

  it.each(['random', 'unique', 'balanced'] as const)('%s: the same seed repeats, another differs', (kind) => {
    const sample = (seed: number) => [...sampleConnections({kind, inputs: 50, units: 200, seed})];
    expect(sample(5)).toEqual(sample(5));
    expect(sample(5)).not.toEqual(sample(6));
    expect([
      ...sampleConnections({kind, inputs: 50, units: 200, seed: {seed: 5, stream: 0, step: 0}}),
    ]).toEqual(sample(5));
    expect([
      ...sampleConnections({kind, inputs: 50, units: 200, seed: {seed: 5, stream: 1, step: 0}}),
    ]).not.toEqual(sample(5));
  });

  it('random: both inputs of a unit are uniform over all inputs', () => {
    // 4 inputs, 2 units: each of the 8 (index, input) has probability 1/4 over seeds; four standard errors.
    const hits = new Array<number>(16).fill(0);
    const n = 4000;
    for (let seed = 0; seed < n; seed++) {
      sampleConnections({kind: 'random', inputs: 4, units: 2, seed}).forEach((input, slot) => {
        hits[4 * slot + input]!++;
      });
    }
    for (const count of hits)
      expect(Math.abs(count / n - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / n));
  });

  it.each(['unique', 'balanced'] as const)(
    '%s: names itself, or the owner, when there are not enough pairs',
    (kind) => {
      const message = `\`units\` must be <= 6, the number of pairs of 4 inputs, for ${kind} connections, got 7.`;
      const four = {kind, inputs: 4, seed: 1};
      expect(() => sampleConnections({...four, units: 7})).toThrow(
        new Error(`sampleConnections: ${message}`),
      );
      expect(() => connectUnits('LogicGateLayer', kind, 4, 7, 1)).toThrow(
        new Error(`LogicGateLayer: ${message}`),
      );
      expect(sampleConnections({...four, units: 6})).toHaveLength(12);
    },
  );

  it.each([
    [{kind: 'each'}, "`kind` must be one of 'random', 'unique', 'balanced', got \"each\"."],
    [{inputs: 0}, '`inputs` must be a whole number >= 1, got 0.'],
    [{units: undefined}, '`units` must be a whole number >= 1, got undefined.'],
    [{seed: 0.5}, '`seed` must be an integer, got 0.5.'],
  ])('rejects %o', (bad, message) => {
    const sample = () => sampleConnections({inputs: 4, units: 2, seed: 1, ...bad} as never);
    expect(sample).toThrow(`sampleConnections: ${message}`);
  });
});
