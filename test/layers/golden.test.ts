import {readFileSync} from 'node:fs';
import {getBackend} from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {MODELS} from '../fixtures/golden/models.js';
import {answersFile, answersOf} from '../fixtures/golden/savedModels.js';
import {type Run, trainingResults} from '../fixtures/golden/training.js';

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8'));

describe('a seeded training run logs and learns bit for bit what it did in release 0.1.0', () => {
  let runs: Record<string, Run>;
  const golden = read(`golden/training.${getBackend()}.json`);

  beforeAll(async () => {
    runs = await trainingResults();
  }, 120_000);

  it.each(MODELS.map(({name}) => name))('%s', (name) => {
    expect(runs[name]).toEqual(golden[name]);
  });
});

describe('a model saved by release 0.1.0 loads, predicts by mode and trains on as it did then', () => {
  it.each(MODELS.map((model) => [model.name, model] as const))('%s', async (name, model) => {
    const folder = new URL(`../fixtures/savedModels/0.1.0/${name}`, import.meta.url).pathname;
    expect(await answersOf(model, folder)).toEqual(read(`savedModels/0.1.0/${name}/${answersFile()}`));
  });
});
