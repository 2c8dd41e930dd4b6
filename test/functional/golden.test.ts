import {readFileSync} from 'node:fs';
import {getBackend} from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {functionalResults} from '../fixtures/golden/functional.js';

const file = new URL(`../fixtures/golden/functional.${getBackend()}.json`, import.meta.url);

it('outputs and gradients are bit for bit those of release 0.1.0', () => {
  const golden = JSON.parse(readFileSync(file, 'utf8'));
  expect(Object.keys(golden).length).toBeGreaterThan(1000);
  expect(functionalResults()).toEqual(golden);
});
