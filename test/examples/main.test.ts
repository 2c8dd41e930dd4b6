import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'main-'));
});

afterEach(async () => {
  await rm(folder, {recursive: true});
});

async function run(...options: string[]): Promise<{code: unknown; printed: string}> {
  const backend = process.env.TFJS_BACKEND ?? 'wasm';
  const program = spawn(
    process.execPath,
    ['--import', 'tsx', 'examples/mnist/main.ts', '--backend', backend, '--output', folder, ...options],
    {stdio: ['ignore', 'pipe', 'inherit']},
  );
  let printed = '';
  program.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  const [code] = await once(program, 'close');
  return {code, printed};
}

it.each([
  ['sbn', 5],
  ['catae', 4],
  ['gates', 5],
])('%s trains, is saved, predicts the same in a fresh process and is reported', async (task, charts) => {
  const {code, printed} = await run('--task', task, '--limit', '200', '--epochs', '1');
  expect(printed).toContain('predicts the same, bit for bit, on 200 test images');
  expect(printed).toMatch(/^epoch 1\/1 {2}loss .*deadUnits [\d.]+ %.*gradientNorm/m);
  expect(code).toBe(0);
  const report = await readFile(join(folder, 'report.html'), 'utf8');
  expect(report.split('<svg').length - 1).toBe(charts);
  expect(report).not.toContain('NaN');
});

it('gives the same figures for the same seed, and others for another', async () => {
  const figures = async (seed: string) => {
    const {code, printed} = await run('--limit', '300', '--epochs', '1', '--seed', seed);
    expect(code).toBe(0);
    return /^epoch 1\/1 .*(?= {2}[\d.]+ s$)/m.exec(printed)![0];
  };
  const first = await figures('1');
  expect(await figures('1')).toBe(first);
  expect(await figures('2')).not.toBe(first);
});
