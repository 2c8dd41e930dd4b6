import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, it} from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Sixty steps on wasm; eight epochs of all images are the example's to show. */
it('examples/warmUp.ts shows a constant rate of 1e-3 collapse to one category, and a warm-up keep more than half of them', async () => {
  const args = ['--import', 'tsx', 'examples/warmUp.ts', '--epochs', '2', '--limit', '6000'];
  const {stdout} = await promisify(execFile)(process.execPath, args, {cwd: root});
  const categories = (name: string) => {
    const [, run] = stdout.split(`\n${name}\n`);
    return Array.from(run!.split('\n\n')[0]!.matchAll(/categories ([\d.]+) of 8/g), ([, value]) =>
      Number(value),
    );
  };
  const [constant, warmUp] = [categories('constant'), categories('warm-up')];
  expect([constant.length, warmUp.length]).toEqual([2, 2]);
  expect(constant[1]).toBeLessThan(1.1);
  expect(warmUp[1]).toBeGreaterThan(4);
}, 300_000);
