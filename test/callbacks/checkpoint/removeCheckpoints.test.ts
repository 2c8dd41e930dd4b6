import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {sequential} from '@tensorflow/tfjs-layers';
import {callbacks, optimizers, removeCheckpoints, resume} from 'tfjs-discrete';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {dense} from '../../support/subjects.js';
import {uniformTensor} from '../../support/values.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => {
  rmSync(dir, {recursive: true, force: true});
});

/** Trains for two epochs and leaves a checkpoint after each. */
async function trainNew(): Promise<void> {
  const model = sequential({layers: [dense({units: 1, inputShape: [4], seed: 1})]});
  model.compile({optimizer: optimizers.adam(), loss: 'meanSquaredError'});
  const [x, y] = [uniformTensor([8, 4], -1, 1, 1), uniformTensor([8, 1], -1, 1, 2)];
  await model.fit(x, y, {epochs: 2, verbose: 0, shuffle: false, callbacks: [callbacks.checkpoint(dir)]});
}

describe('removeCheckpoints', () => {
  it('removes a run, so that a new one can begin in its folder', async () => {
    await trainNew();
    await expect(trainNew()).rejects.toThrow('Checkpoint: `dir` must be empty');
    expect(await removeCheckpoints(dir)).toBe(2);
    expect(await resume(dir)).toBeUndefined();
    await trainNew();
    expect((await resume(dir))?.epoch).toBe(2);
  });

  it('leaves other files where they are', async () => {
    const notes = join(dir, 'notes.txt');
    writeFileSync(notes, 'mine');
    await trainNew();
    await removeCheckpoints(dir);
    expect(existsSync(notes)).toBe(true);
  });

  it('finds nothing to remove in a folder that does not exist', async () => {
    expect(await removeCheckpoints(join(dir, 'nowhere'))).toBe(0);
    expect(existsSync(join(dir, 'nowhere'))).toBe(false);
  });

  it.each([undefined, '', 7])('rejects %s as a folder', async (bad) => {
    await expect(removeCheckpoints(bad as string)).rejects.toThrow('removeCheckpoints: `dir` must be a path');
  });
});
