import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Tensor, zeros} from '@tensorflow/tfjs-core';
import {loadLayersModel} from '@tensorflow/tfjs-layers';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import 'tfjs-discrete';
import {fileSystem} from 'tfjs-discrete/node';
import {INTERRUPTED} from '../../examples/mnist/interrupt.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interrupt-'));
});

afterEach(async () => {
  await rm(folder, {recursive: true});
});

/** Starts a long training run and calls `act` once the first epoch is over. */
async function train(act: (kill: () => void) => void): Promise<{code: unknown; printed: string}> {
  const options = ['--limit', '300', '--epochs', '1000', '--backend', process.env.TFJS_BACKEND ?? 'wasm'];
  const run = spawn(
    process.execPath,
    ['--import', 'tsx', 'examples/mnist/main.ts', '--output', folder, ...options],
    {stdio: ['ignore', 'pipe', 'inherit']},
  );
  let printed = '';
  let acted = false;
  run.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
    if (acted || !printed.includes(' 1/1000')) return;
    acted = true;
    act(() => run.kill('SIGINT'));
  });
  const [code, signal] = await once(run, 'close');
  // As a shell reports it: the last of several signals may meet a process that is done and no longer listens.
  return {code: signal === 'SIGINT' ? INTERRUPTED : code, printed};
}

it('leaves a whole model, report and events behind on Ctrl-C', async () => {
  const {code, printed} = await train((kill) => {
    kill();
    for (const later of [20, 60, 120, 240]) setTimeout(kill, later); // launchers double the signal, sooner or later
  });
  expect(code).toBe(130);
  expect(printed).toContain('Stopped by Ctrl-C in epoch');

  const files = (await readdir(folder, {recursive: true})).sort();
  const events = files.filter((file) => file.includes('events.out.tfevents'));
  expect(events.map((file) => file.split('events.out')[0])).toEqual([
    'tensorboard/train/',
    'tensorboard/val/',
  ]);
  const checkpoints = files.filter((file) => file.endsWith('.checkpoint'));
  expect(checkpoints.length).toBeGreaterThan(0);
  expect(files.filter((file) => ![...events, ...checkpoints].includes(file))).toEqual([
    'checkpoints',
    'model',
    'model/model.json',
    'model/weights.bin',
    'report.html',
    'settings.json',
    'tensorboard',
    'tensorboard/train',
    'tensorboard/val',
  ]);
  expect(await readFile(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);

  const model = await loadLayersModel(fileSystem(join(folder, 'model')));
  const probabilities = (model.predict(zeros([1, 784])) as Tensor).dataSync<'float32'>();
  expect(probabilities.reduce((total, p) => total + p, 0)).toBeCloseTo(1, 5);
});

describe('a second signal', () => {
  const outcome = async (mode: string) => {
    const program = ['--import', 'tsx', 'test/examples/fixtures/interrupted.ts', mode];
    const child = spawn(process.execPath, program, {stdio: ['ignore', 'pipe', 'inherit']});
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
    const [code] = await once(child, 'close');
    return {code, printed};
  };

  it('that arrives with the first one is the same Ctrl-C, however late its handler runs', async () => {
    expect(await outcome('doubled')).toEqual({code: 0, printed: 'saved\n'});
  });

  it('that arrives much later ends the process at once', async () => {
    expect(await outcome('twice')).toEqual({code: INTERRUPTED, printed: ''});
  });
});
