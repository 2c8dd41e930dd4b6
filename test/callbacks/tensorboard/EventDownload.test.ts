import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {tensor2d, train} from '@tensorflow/tfjs-core';
import {layers, sequential} from '@tensorflow/tfjs-layers';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {callbacks, EventDownload} from '../../../src/index.js';
import {curve, eventFilesIn, readEventFile} from '../../support/eventFiles.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'download-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const xs = tensor2d(Array.from({length: 20}, (_, i) => [Math.sin(i), Math.cos(i)]));
const ys = tensor2d(Array.from({length: 20}, (_, i) => [i / 20]));

async function run(events: EventDownload, logDir: string, epochs: number) {
  const model = sequential({layers: [layers.dense({units: 1, inputShape: [2]})]});
  model.compile({optimizer: train.sgd(0.1), loss: 'meanSquaredError'});
  const {history} = await model.fit(xs, ys, {
    epochs,
    validationSplit: 0.5,
    verbose: 0,
    callbacks: callbacks.tensorBoard(logDir, {createWriter: events.createWriter, histograms: true}),
  });
  return history;
}

describe('EventDownload', () => {
  it('archives the files that TensorBoard reads, runs kept apart', async () => {
    const events = new EventDownload();
    const history = await run(events, 'logs/run', 3);
    await run(events, 'logs/run', 1);
    const archive = join(folder, 'runs.tar');
    writeFileSync(archive, events.archive());
    execFileSync('tar', ['xf', archive, '-C', folder]);
    const singles = (values: unknown[]) => values.map((value, i) => [i + 1, Math.fround(value as number)]);
    expect(curve(join(folder, 'logs/run/train'), 'epoch_loss')).toEqual(singles(history.loss!));
    expect(curve(join(folder, 'logs/run/val'), 'epoch_loss')).toEqual(singles(history.val_loss!));
    expect(curve(join(folder, 'logs/run/run2/train'), 'epoch_loss')).toHaveLength(1);
    const {fileVersion, values} = readEventFile(eventFilesIn(join(folder, 'logs/run/train'))[0]!);
    expect(fileVersion).toBe('brain.Event:2');
    expect(values.filter(({plugin}) => plugin === 'histograms')).toHaveLength(2 * 3);
    for (const {path, bytes} of events.files()) {
      expect(Buffer.from(bytes)).toEqual(readFileSync(join(folder, path)));
    }
  });

  it('rejects a download where there is no document', () => {
    expect(() => new EventDownload().download()).toThrow('EventDownload: `download` needs a document');
  });
});
