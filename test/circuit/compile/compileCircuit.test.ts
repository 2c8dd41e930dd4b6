import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {describe, expect, it} from 'vitest';
import {Circuit, LOADER} from '../../../src/circuit/index.js';
import {generator, randomCircuit} from '../support.js';

/** Numbers on both sides of the thresholds of `randomCircuit`. */
function numbers(circuit: Circuit, samples: number, seed: number): Float32Array {
  const random = generator(seed);
  return Float32Array.from({length: samples * circuit.features}, () => random(21) / 20);
}

describe.each([true, false])('Circuit.compile, simd: %s', (simd) => {
  it('computes what evaluate computes for all kinds of gates, many features and large groups', async () => {
    for (const [seed, sizes] of [
      [1, {features: 100, bits: 700, gates: 5000, scores: 17, temperature: 0.3}],
      [2, {features: 17, bits: 17, gates: 0, scores: 1}],
      [3, {features: 1, bits: 40, gates: 100, scores: 2}],
      [4, {features: 3000, bits: 9000, gates: 20_000, scores: 300}],
    ] as const) {
      const circuit = randomCircuit(seed, sizes);
      const batch = numbers(circuit, 700, seed);
      const compiled = await circuit.compile({simd});
      expect(compiled.evaluate(batch)).toEqual(circuit.evaluate(batch));
    }
  });

  it('counts up to the largest sums of its groups, offsets included', async () => {
    const base = randomCircuit(5, {features: 30, bits: 30, gates: 0});
    const random = generator(9);
    for (const [length, offset] of [
      [7, 0],
      [8, 0],
      [255, 1],
      [256, 0],
      [1000, 65_000],
      [70_000, 0],
      [3, 2 ** 24 - 4],
    ] as const) {
      const signals = Int32Array.from({length}, () => random(30));
      const circuit = new Circuit({...base, scores: [{name: 'y', signals, offset}]});
      const batch = numbers(circuit, 200, 1);
      batch.fill(2, 0, 30); // all ones
      const compiled = await circuit.compile({simd});
      expect(compiled.evaluate(batch)).toEqual(circuit.evaluate(batch));
      expect(compiled.evaluate(batch)[0]).toBe(length + offset);
    }
  });

  it('takes numbers of values beyond 16 bits', async () => {
    const circuit = randomCircuit(6, {features: 70_000, bits: 70_000, gates: 70_000, scores: 9});
    const wide = new Circuit({
      ...circuit,
      scores: [{name: 'y', signals: Int32Array.from({length: 70_000}, (_, i) => i), offset: 0}],
    });
    const batch = numbers(wide, 3, 6);
    expect((await wide.compile({simd})).evaluate(batch)).toEqual(wide.evaluate(batch));
  });

  it('names a NaN among the features that it reads, ignores others, and works on afterwards', async () => {
    const base = randomCircuit(7, {features: 40, bits: 40});
    const circuit = new Circuit({
      ...base,
      bits: {...base.bits, feature: base.bits.feature.map((i) => i - (i % 2))},
    });
    const compiled = await circuit.compile({simd});
    const read = compiled.evaluate(numbers(circuit, 600, 7));
    const batch = numbers(circuit, 600, 7);
    for (let i = 1; i < batch.length; i += 2) batch[i] = Number.NaN;
    expect(compiled.evaluate(batch)).toEqual(read);
    batch[40 * 530 + 30] = Number.NaN;
    const simplified = circuit.simplify().circuit;
    if (simplified.bits.feature.includes(30)) {
      expect(() => compiled.evaluate(batch)).toThrow(
        'CompiledCircuit.evaluate: `batch[21230]` must be a number, got NaN.',
      );
    }
    expect(compiled.evaluate(numbers(circuit, 600, 7))).toEqual(read);
    const infinite = numbers(circuit, 600, 7);
    infinite[0] = Number.POSITIVE_INFINITY;
    infinite[40] = Number.NEGATIVE_INFINITY;
    expect(compiled.evaluate(infinite)).toEqual(circuit.evaluate(infinite));
  });

  it('runs from its file with the loader alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'circuit-'));
    try {
      for (const circuit of [randomCircuit(8), randomCircuit(9).forBytes({divisor: 20})]) {
        const compiled = await circuit.compile({simd});
        writeFileSync(join(folder, 'circuit.wasm'), compiled.wasm);
        writeFileSync(join(folder, 'loader.mjs'), LOADER);
        const {loadCircuit} = await import(pathToFileURL(join(folder, 'loader.mjs')).href);
        const loaded = await loadCircuit(readFileSync(join(folder, 'circuit.wasm')));
        expect(loaded).toMatchObject({features: circuit.features, scores: circuit.scores.length});
        const batch =
          circuit.featureType === 'uint8'
            ? Uint8Array.from({length: 1100 * circuit.features}, (_, i) => (i * 7) % 21)
            : numbers(circuit, 1100, 8);
        expect(loaded.evaluate(batch)).toEqual(circuit.evaluate(batch));
        expect(() => loaded.evaluate([1])).toThrow('batch must be a');
      }
    } finally {
      rmSync(folder, {recursive: true});
    }
  });
});

it('compiles a circuit once', async () => {
  const circuit = randomCircuit(1);
  expect(await circuit.compile()).toBe(await circuit.compile());
  expect(await circuit.compile({simd: true})).toBe(await circuit.compile());
  expect(await circuit.compile({simd: false})).not.toBe(await circuit.compile());
});

it('has a loader of at most 40 lines', () => {
  expect(LOADER.trim().split('\n').length).toBeLessThanOrEqual(40);
});

it('rejects unknown options', () => {
  expect(() => randomCircuit(1).compile({smid: true} as never)).toThrow('did you mean `simd`?');
  expect(() => randomCircuit(1).compile({simd: 1} as never)).toThrow('`simd` must be true or false, got 1');
});

describe('CircuitWorkers', () => {
  it('gives what one thread gives, for batches of all sizes that come at once', async () => {
    const circuit = randomCircuit(10);
    const workers = await (await circuit.compile()).startWorkers({threads: 3});
    expect(workers.threads).toBe(3);
    const batches = [0, 1, 8192, 8193, 50_000].map((samples) => numbers(circuit, samples, samples + 1));
    const found = await Promise.all(batches.map((batch) => workers.evaluate(batch)));
    found.forEach((scores, i) => {
      expect(scores).toEqual(circuit.evaluate(batches[i]!));
    });
    await workers.stop();
    await expect(workers.evaluate(batches[1]!)).rejects.toThrow('`workers` must be running, got "stopped"');
  });

  it('names a NaN, and works on afterwards', async () => {
    const circuit = randomCircuit(10);
    const workers = await (await circuit.compile()).startWorkers({threads: 2});
    const batch = numbers(circuit, 20_000, 1);
    const bad = batch.slice();
    bad[6 * 15_000 + circuit.simplify().circuit.bits.feature[0]!] = Number.NaN;
    await expect(workers.evaluate(bad)).rejects.toThrow(
      /CircuitWorkers\.evaluate: `batch\[9000\d\]` must be a number, got NaN/,
    );
    expect(await workers.evaluate(batch)).toEqual(circuit.evaluate(batch));
    await workers.stop();
  });

  it('rejects an invalid number of threads', async () => {
    const compiled = await randomCircuit(10).compile();
    await expect(compiled.startWorkers({threads: 0})).rejects.toThrow(
      '`threads` must be a whole number >= 1, got 0',
    );
    await expect(compiled.startWorkers({threads: 1000})).rejects.toThrow('`threads` must be at most 256');
  });
});
