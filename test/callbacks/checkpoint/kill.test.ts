import {getBackend} from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {killRepeatedly} from './killRepeatedly.js';

it('a run killed at random moments and resumed ends as one that was never interrupted, bit for bit', async () => {
  const {finished, uninterrupted} = await killRepeatedly(getBackend(), 3, {epochs: 20, longest: 500});
  expect(JSON.parse(uninterrupted)).toMatchObject({
    steps: 160,
    weights: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  for (const run of finished) expect(run).toBe(uninterrupted);
}, 300_000);
