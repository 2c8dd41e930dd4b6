import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {classification, type Images, inOrder, shuffled} from '../../examples/papers/data/images.js';
import {dlnModel, learningRateOf} from '../../examples/papers/dln.js';
import {horizontalFlip} from '../../examples/papers/horizontalFlip.js';
import {trainAndWatch} from '../../examples/papers/training.js';
import {loadUnfinished} from '../../examples/papers/unfinished.js';
import {fillUniform} from '../../src/functional/random.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unfinished-'));
});
afterAll(() => rm(folder, {recursive: true}));

const COUNT = 20;
const noise = fillUniform(new Float32Array(COUNT * 3072), {seed: 1, stream: 2, step: 3});
const images: Images = {
  count: COUNT,
  height: 32,
  width: 32,
  channels: 3,
  pixels: Uint8Array.from(noise, (value) => 255 * value),
  labels: Uint8Array.from({length: COUNT}, (_, i) => i % 10),
};
const KILLED = 'the run was killed';

/** Trains for six epochs, saved every second one, and dies after epoch `until`. */
async function run(scratch: string, until = Number.POSITIVE_INFINITY) {
  const previous = await loadUnfinished(scratch);
  const gates = {seed: 4, forwardTemperature: 0.5, backwardTemperature: 2};
  const samples = classification(10);
  const batches = shuffled(images, samples, 10, 7, previous?.epochs);
  const cosine = {learningRate: 0.02, learningRateSchedule: 'cosine'};
  const learningRate = learningRateOf(cosine, 6 * batches.size);
  const model = previous?.model ?? dlnModel(gates, {units: 40, groupTemperature: 2, learningRate});
  const history = await trainAndWatch(model, {
    train: horizontalFlip(batches, 7, previous?.epochs),
    validation: inOrder(images, samples),
    test: inOrder(images, samples),
    sampled: true,
    epochs: 6,
    deadBelow: 1e-3,
    otherThresholds: [1e-4],
    report: (epochs) => {
      if (epochs === until) throw new Error(KILLED);
    },
    unfinished: {folder: scratch, every: 2, previous},
  });
  return {history, from: previous?.epochs ?? 0};
}

it('a run that was killed continues where it was saved and gives the same figures', async () => {
  const whole = await run(join(folder, 'whole'));
  expect(whole.from).toBe(0);
  expect(whole.history.val_acc).toHaveLength(6);
  const scratch = join(folder, 'killed');
  await expect(run(scratch, 3)).rejects.toThrow(KILLED);
  await expect(run(scratch, 5)).rejects.toThrow(KILLED);
  const resumed = await run(scratch);
  expect(resumed.from).toBe(4);
  expect(resumed.history).toEqual(whole.history);
  expect(Object.keys(whole.history)).toContain('deadUnits<0.0001');
  const {val_acc, test_acc, val_sampled_acc, test_sampled_acc} = whole.history;
  expect(test_acc).toEqual(val_acc); // the same images
  expect(val_sampled_acc).not.toEqual(val_acc);
  expect(test_sampled_acc).not.toEqual(val_sampled_acc); // the next samples
  const late = join(folder, 'late');
  await expect(run(late, 6)).rejects.toThrow(KILLED);
  const ended = await run(late);
  expect(ended.from).toBe(6);
  expect(ended.history).toEqual(whole.history);
});

it('the logic network’s learning rate is constant, or falls to 0 over the whole training', () => {
  const rate = (learningRateSchedule: string) =>
    learningRateOf({learningRate: 0.02, learningRateSchedule}, 300);
  expect(rate('constant')).toBe(0.02);
  const falling = rate('cosine') as (step: number) => number;
  expect([0, 150, 300].map(falling)).toEqual([0.02, expect.closeTo(0.01, 12), 0]);
  expect(() => rate('step')).toThrow('`learningRateSchedule` must be constant or cosine, got step.');
});
