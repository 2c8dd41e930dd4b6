import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {train} from '@tensorflow/tfjs-core';
import {Callback, layers as keras, type Logs, sequential} from '@tensorflow/tfjs-layers';
import {callbacks} from 'tfjs-discrete';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {uniformTensor} from '../support/values.js';

const x = uniformTensor([24, 2], -1, 1, 1);
const y = uniformTensor([24, 1], -1, 1, 2);

class Adds extends Callback {
  constructor(private readonly add: (epoch: number) => Record<string, number>) {
    super();
  }

  override async onEpochEnd(epoch: number, logs?: Logs): Promise<void> {
    Object.assign(logs!, this.add(epoch));
  }
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csv-logger-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

async function run(
  path: string,
  args = {},
  fit = {},
  add: (epoch: number) => Record<string, number> = () => ({}),
) {
  const model = sequential({layers: [keras.dense({units: 1, inputShape: [2]})]});
  model.compile({optimizer: train.sgd(0.1), loss: 'meanSquaredError', metrics: ['mse']});
  const {history} = await model.fit(x, y, {
    ...{epochs: 2, verbose: 0, validationData: [x, y], ...fit},
    callbacks: [new Adds(add), callbacks.csvLogger(path, args)],
  });
  return {history: history as Record<string, number[]>, text: readFileSync(path, 'utf8')};
}

const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((row) => row.split(','));

describe('csvLogger', () => {
  it('writes a row per epoch with the numbers of the history', async () => {
    const {history, text} = await run(join(folder, 'new', 'log.csv'));
    const [header, ...rows] = rowsOf(text);
    expect(header).toEqual(['epoch', 'val_loss', 'val_mse', 'loss', 'mse']);
    expect(rows.map((row) => row.map(Number))).toEqual(
      [0, 1].map((epoch) => [epoch, ...header!.slice(1).map((key) => history[key]![epoch]!)]),
    );
  });

  it('adds a column for a metric that appears later', async () => {
    const {text} = await run(
      join(folder, 'log.csv'),
      {},
      {},
      (epoch): Record<string, number> => (epoch === 1 ? {late: 7} : {}),
    );
    const [header, first, second] = rowsOf(text);
    expect([header!.at(-1), first!.at(-1), second!.at(-1)]).toEqual(['late', '', '7']);
    expect(first).toHaveLength(header!.length);
  });

  it('begins anew, or continues an earlier run and replaces the epochs that it repeats', async () => {
    const path = join(folder, 'log.csv');
    const first = rowsOf((await run(path, {}, {epochs: 3})).text);
    writeFileSync(path, `${readFileSync(path, 'utf8')}3,0.5,0.`); // cut off by a kill
    const {text} = await run(path, {append: true}, {initialEpoch: 2, epochs: 4});
    const rows = rowsOf(text);
    expect(rows.map(([epoch]) => epoch)).toEqual(['epoch', '0', '1', '2', '3']);
    expect(rows.slice(0, 3)).toEqual(first.slice(0, 3));
    expect(rows[3]).not.toEqual(first[3]);
    expect(rowsOf((await run(path)).text)).toHaveLength(3);
  });

  it('quotes names with commas', async () => {
    const path = join(folder, 'log.csv');
    await run(path, {}, {epochs: 1}, () => ({'a,"b"': 1}));
    const {text} = await run(path, {append: true}, {initialEpoch: 1}, () => ({'a,"b"': 2}));
    const [header, ...rows] = text.trimEnd().split('\n');
    expect(header).toBe('epoch,val_loss,val_mse,loss,mse,"a,""b"""');
    expect(rows.map((row) => row.split(',').at(-1))).toEqual(['1', '2']);
  });

  it('rejects what it cannot write, before training', async () => {
    expect(() => callbacks.csvLogger('')).toThrow('CsvLogger: `file` must be a path, got "".');
    expect(() => callbacks.csvLogger('a.csv', {append: 1 as never})).toThrow(
      'CsvLogger: `append` must be true or false, got 1.',
    );
    await expect(run(folder)).rejects.toThrow(
      /CsvLogger: `file` must be a file that can be written to \(E\w+\), got/,
    );
    const foreign = join(folder, 'notes.csv');
    writeFileSync(foreign, 'day,weather\n1,rain\n');
    await expect(run(foreign, {append: true})).rejects.toThrow(
      "CsvLogger: `file` must be a file of this callback's, whose first column is `epoch`",
    );
    expect(readFileSync(foreign, 'utf8')).toBe('day,weather\n1,rain\n');
    expect(existsSync(`${foreign}.tmp`)).toBe(false);
  });
});
