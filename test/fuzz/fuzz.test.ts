import {expect, it} from 'vitest';
import {describeOn} from '../support/describeOn.js';
import {fuzz} from './fuzz.js';

// Other processes do the work, on the cpu backend: once is enough. `npm run fuzz` takes 5,000 models and 1,500 journals.
describeOn('cpu', 'what a mutated file gives', () => {
  it.each([
    ['models', 150],
    ['journals', 150],
  ] as const)('of %s, %i of them, is what its files say or an error', async (kind, count) => {
    const {loaded, rejected, failures} = await fuzz(kind, 1, count, 60_000);
    expect(failures).toEqual([]);
    expect(loaded).toBeGreaterThan(count / 20);
    expect(rejected).toBeGreaterThan(count / 4);
  });
});
