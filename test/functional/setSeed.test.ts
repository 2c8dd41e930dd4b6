import {execFile} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {util} from '@tensorflow/tfjs-core';
import {layers, setSeed} from 'tfjs-discrete';
import {afterEach, describe, expect, it} from 'vitest';
import {bundleProgram} from '../support/bundleProgram.js';

const original = Math.random;
afterEach(() => {
  Math.random = original;
});

describe('setSeed', () => {
  it('gives two fresh processes the same weights and history, bit for bit, and another seed others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'set-seed-'));
    const program = await bundleProgram(new URL('./fixtures/seededRun.ts', import.meta.url), folder);
    const run = async (seed: number) => {
      const {stdout} = await promisify(execFile)(process.execPath, [program, String(seed)]);
      return JSON.parse(stdout.split('\n').at(-1)!) as {history: object; weights: number[][]};
    };
    const [first, again, other] = await Promise.all([run(7), run(7), run(8)]);
    await rm(folder, {recursive: true});
    expect(first.weights.flat().every(Number.isFinite)).toBe(true);
    expect(again).toEqual(first);
    expect(other.weights[0]).not.toEqual(first.weights[0]);
  });

  it('repeats shuffles and the seeds of layers', () => {
    const outcome = () => {
      const restore = setSeed(3);
      const order = Array.from({length: 50}, (_, i) => i);
      util.shuffle(order);
      const seeds = [layers.stochasticBinary(), layers.stochasticBinary()].map(({getConfig}, i, all) =>
        getConfig.call(all[i]),
      );
      restore();
      return {order, seeds: seeds.map(({seed}) => seed)};
    };
    const first = outcome();
    expect(outcome()).toEqual(first);
    expect(first.seeds[0]).not.toBe(first.seeds[1]);
    expect(first.order).not.toEqual([...first.order].sort((a, b) => a - b));
  });

  it('fills [0, 1) evenly', () => {
    const restore = setSeed(1);
    const n = 40_000;
    const values = Array.from({length: n}, () => Math.random());
    restore();
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(n - 5); // of 2^46 values a collision is unlikely
    for (let tenth = 0; tenth < 10; tenth++) {
      const hits = values.filter((value) => Math.floor(10 * value) === tenth).length;
      expect(Math.abs(hits / n - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / n)); // four standard errors
    }
  });

  it('puts Math.random and unpredictable seeds back', () => {
    const restore = setSeed(1);
    expect(Math.random).not.toBe(original);
    restore();
    expect(Math.random).toBe(original);
    expect(layers.stochasticBinary().getConfig().seed).not.toBe(layers.stochasticBinary().getConfig().seed);
  });

  it.each([1.5, Number.NaN, '1', undefined])('rejects the seed %s', (seed) => {
    expect(() => setSeed(seed as number)).toThrow('setSeed: `seed` must be an integer, got');
    expect(Math.random).toBe(original);
  });
});
