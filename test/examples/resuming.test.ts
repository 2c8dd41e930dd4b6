import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {howToContinue} from '../../examples/mnist/resuming.js';
import type {OutputPaths} from '../../examples/mnist/training.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'resuming-'));
});
afterAll(async () => {
  await rm(root, {recursive: true});
});

async function run(folder: string, ...options: string[]): Promise<{code: unknown; printed: string}> {
  const backend = process.env.TFJS_BACKEND ?? 'wasm';
  const given = ['--backend', backend, '--output', join(root, folder), '--limit', '200', ...options];
  const program = spawn(process.execPath, ['--import', 'tsx', 'examples/mnist/main.ts', ...given]);
  let printed = '';
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
  }
  const [code] = await once(program, 'close');
  return {code, printed};
}

const weights = (folder: string) => readFile(join(root, folder, 'model/weights.bin'));

describe('npm start -- --resume', () => {
  it('ends with the weights of a run that never stopped, and reports all epochs', async () => {
    expect((await run('whole', '--epochs', '3')).code).toBe(0);
    expect((await run('halves', '--epochs', '1')).code).toBe(0);
    const {code, printed} = await run('halves', '--epochs', '3', '--resume');
    expect(printed).toContain('resumed   after 1 of 3 epochs');
    expect(printed).not.toContain('warning: this run replaces');
    expect(code).toBe(0);
    expect((await weights('halves')).equals(await weights('whole'))).toBe(true);
    const page = await readFile(join(root, 'halves/report.html'), 'utf8');
    expect(page).toContain('3 epochs in');
    expect(page).toContain('&quot;epoch&quot;:[1,2,3]'.replaceAll('&quot;', '&#34;'));
  });

  it.each([
    ['another seed', ['--epochs', '9', '--seed', '2'], 'whose seed was 1, and now it is 2'],
    ['no epoch left', ['--epochs', '3'], 'finds all 3 epochs trained; ask for more, as by --epochs 8'],
  ])('says so where there is %s', async (_, options, message) => {
    const {code, printed} = await run('whole', '--resume', ...options);
    expect(printed).toContain(message);
    expect(code).toBe(1);
  });

  it('says so where there is nothing to continue', async () => {
    const {code, printed} = await run('nothing', '--resume');
    expect(printed).toContain("option '--resume' needs a run with a whole epoch");
    expect(code).toBe(1);
  });
});

it('warns before it replaces an earlier run, and removes its checkpoints', async () => {
  const checkpoints = join(root, 'whole/checkpoints');
  const before = await readdir(checkpoints);
  expect((await run('whole', '--epochs', '1')).printed).toContain('warning: this run replaces the one in');
  const after = await readdir(checkpoints);
  expect(after).toHaveLength(1);
  expect(before).not.toContain(after[0]);
});

it('points to --resume only where an epoch was finished', async () => {
  const pathsOf = (checkpoints: string) => ({checkpoints: join(root, checkpoints)}) as OutputPaths;
  expect(await howToContinue(pathsOf('whole/checkpoints'))).toContain('--resume continues');
  expect(await howToContinue(pathsOf('nowhere'))).toContain('--resume has nothing to continue');
});
