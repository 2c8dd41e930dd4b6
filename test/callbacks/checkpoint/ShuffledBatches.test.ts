import {memory, type Tensor, tensor1d, tensor2d} from '@tensorflow/tfjs-core';
import {type ShuffledBatches, shuffledBatches} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';

const COUNT = 50;
const numbers = Array.from({length: COUNT}, (_, i) => i + 1);
const x = tensor2d(
  numbers.map((i) => [i, -i]),
  [COUNT, 2],
);
const y = tensor1d(numbers.map((i) => 10 * i));

/** The samples of one epoch, batch by batch. */
async function epochOf(batches: ShuffledBatches, limit = Number.POSITIVE_INFINITY): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const {xs, ys} of await batches.iterator()) {
    const [inputs, targets] = [xs, ys].map((each) => (each as Tensor).arraySync());
    rows.push((inputs as number[][]).map(([first]) => first!));
    expect(inputs).toEqual((targets as number[]).map((target) => [target / 10, -target / 10]));
    for (const each of [xs, ys]) (each as Tensor).dispose();
    if (rows.length === limit) break;
  }
  return rows;
}

describe('shuffledBatches', () => {
  it('visits every sample once per epoch, in a new order each time', async () => {
    const batches = shuffledBatches(x, y, {seed: 1, batchSize: 8});
    expect(batches.size).toBe(7);
    const epochs = [await epochOf(batches), await epochOf(batches)];
    for (const epoch of epochs) {
      expect(epoch.map((batch) => batch.length)).toEqual([8, 8, 8, 8, 8, 8, 2]);
      expect(epoch.flat().sort((a, b) => a - b)).toEqual(numbers);
    }
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs[0]!.flat()).not.toEqual(numbers);
  });

  it('depends on the seed and the epoch alone', async () => {
    const [one, same, other] = [1, 1, 2].map((seed) => shuffledBatches(x, y, {seed}));
    await epochOf(one!);
    const second = await epochOf(one!);
    same!.startAt(1);
    expect(await epochOf(same!)).toEqual(second);
    other!.startAt(1);
    expect(await epochOf(other!)).not.toEqual(second);
  });

  it('knows its position, and begins within an epoch', async () => {
    const batches = shuffledBatches(x, y, {seed: 1, batchSize: 8});
    const whole = await epochOf(batches);
    expect(batches.position).toEqual({epoch: 1, batch: 0});
    batches.startAt(0, 3);
    expect(await epochOf(batches, 2)).toEqual(whole.slice(3, 5));
    expect(batches.position).toEqual({epoch: 0, batch: 5});
    batches.startAt(0, 7);
    expect(await epochOf(batches)).toEqual([]);
    expect(batches.position).toEqual({epoch: 1, batch: 0});
  });

  it('works with models of several inputs, and leaves out a small batch on demand', async () => {
    const batches = shuffledBatches([x, x], {out: y}, {seed: 1, batchSize: 8, partial: false});
    expect(batches.size).toBe(6);
    const before = memory().numTensors;
    let count = 0;
    for await (const {xs, ys} of await batches.iterator()) {
      count++;
      const [one, other] = xs as Tensor[];
      expect(one!.arraySync()).toEqual(other!.arraySync());
      const {out} = ys as Record<string, Tensor>;
      expect(out!.shape).toEqual([8]);
      for (const each of [one!, other!, out!]) each.dispose();
    }
    expect(count).toBe(6);
    expect(memory().numTensors).toBe(before);
  });

  it('rejects invalid data and options', () => {
    expect(() => shuffledBatches(x, y, {} as never)).toThrow(
      'ShuffledBatches: `seed` must be an integer, got undefined.',
    );
    expect(() => shuffledBatches(x, y, {seed: 1, batchSize: 0})).toThrow(
      'ShuffledBatches: `batchSize` must be a whole number >= 1, got 0.',
    );
    expect(() => shuffledBatches(x, tensor1d([1]), {seed: 1})).toThrow(
      'ShuffledBatches: `y` must be of as many samples as `x` (50), got 1.',
    );
    expect(() => shuffledBatches(x, y, {seed: 1, batch: 3} as never)).toThrow(/unknown option `batch`/);
  });
});
