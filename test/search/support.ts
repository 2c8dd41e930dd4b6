import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach} from 'vitest';
import type {TrialInput} from '../../src/search/index.js';

export const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);
export const fixturePath = (name: string) => fileURLToPath(fixture(name));

const folders: string[] = [];

/** An empty folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-discrete-search-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true});
});

/** Lowest at forward 0.5, backward 0.7, learning rate 0.001. */
export function valley({forwardTemperature, backwardTemperature, learningRate = 1e-3, seed}: TrialInput) {
  const noise = 1e-3 * Math.sin(seed * 7 + forwardTemperature * 13 + backwardTemperature * 31);
  const rate = (Math.log10(learningRate) + 3) ** 2;
  return {valLoss: (forwardTemperature - 0.5) ** 2 + (backwardTemperature - 0.7) ** 2 + rate + noise};
}
