import {appendFileSync, copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {dirname, join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {type DefinitionArgs, define} from '../../src/search/definition.js';
import {grid, sequential} from '../../src/search/index.js';
import {Journal} from '../../src/search/Journal.js';
import {temporaryFolder} from './support.js';

const args: DefinitionArgs = {
  strategy: grid({forwardTemperature: [0.5, 1], backwardTemperature: [1, 2], learningRate: [1e-3]}),
  seeds: [1, 2],
  minimize: 'valLoss',
  settings: {epochs: 10, data: {name: 'mnist'}},
};
const definition = define(args);

/** A journal with two results and a failed attempt. */
async function begun(): Promise<string> {
  const path = join(temporaryFolder(), 'deep/er/search.jsonl');
  const journal = await Journal.open(path, definition);
  await journal.recordResult('a', {valLoss: 0.25, worst: Number.NaN}, 1.23456);
  await journal.recordError('b', 1, 'größer\n"quoted"');
  await journal.recordResult('b', {valLoss: Number.NEGATIVE_INFINITY, worst: 1 / 3}, 2);
  await journal.close();
  return path;
}

const contentOf = ({search, results, errors}: Journal) => ({
  search,
  results: [...results],
  errors: [...errors],
});

async function reopened(path: string) {
  const journal = await Journal.open(path, definition);
  const content = contentOf(journal);
  await journal.close();
  return content;
}

describe('a journal', () => {
  it('is read back as it was written', async () => {
    const path = await begun();
    expect(await reopened(path)).toMatchObject({
      results: [
        ['a', {valLoss: 0.25, worst: Number.NaN}],
        ['b', {valLoss: Number.NEGATIVE_INFINITY, worst: 1 / 3}],
      ],
      errors: [['b', ['größer\n"quoted"']]],
    });
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(4);
  });

  it('records a result once, and a failed attempt once', async () => {
    const path = await begun();
    const before = readFileSync(path, 'utf8');
    const journal = await Journal.open(path, definition);
    await Promise.all([
      journal.recordResult('a', {valLoss: 7}, 1),
      journal.recordError('a', 1, 'late'),
      journal.recordError('c', 1, 'first'),
      journal.recordError('c', 1, 'first again'),
      journal.recordResult('d', {valLoss: 4}, 1),
      journal.recordResult('d', {valLoss: 5}, 1),
    ]);
    expect(journal.results.get('a')).toEqual({valLoss: 0.25, worst: Number.NaN});
    expect(journal.results.get('d')).toEqual({valLoss: 4});
    await journal.close();
    const added = readFileSync(path, 'utf8').slice(before.length);
    expect(added).toBe(
      '{"id":"c","attempt":1,"error":"first"}\n{"id":"d","metrics":{"valLoss":4},"seconds":1}\n',
    );
  });

  it('counts a trial only once it is on the disk', async () => {
    const path = await begun();
    const journal = await Journal.open(path, definition);
    const recorded = journal.recordResult('e', {valLoss: 1}, 1);
    expect(journal.results.has('e')).toBe(false);
    await recorded;
    expect(readFileSync(path, 'utf8')).toContain('"e"');
    expect(journal.results.has('e')).toBe(true);
    await journal.close();
  });
});

describe('a torn journal', () => {
  it('that was cut anywhere keeps its whole lines and continues after them', async () => {
    const path = await begun();
    const bytes = readFileSync(path);
    const whole = await reopened(path);
    const isNearNewline = (length: number) =>
      bytes.subarray(Math.max(0, length - 2), length + 2).includes(10);
    for (let length = 0; length < bytes.length; length++) {
      if (length % 29 !== 0 && !isNearNewline(length)) continue;
      truncateSync(path, 0);
      writeFileSync(path, bytes.subarray(0, length));
      const lines = bytes.subarray(0, length).toString().split('\n').length - 1;
      const journal = await Journal.open(path, definition);
      expect(journal.results.size, `cut after ${length} bytes`).toBe([0, 0, 1, 1, 2][lines]);
      expect(journal.errors.size).toBe(lines > 2 ? 1 : 0);
      if (lines > 0) expect(journal.search).toBe(whole.search);
      await journal.recordResult('new', {valLoss: length}, 0);
      await journal.close();
      expect(new Map((await reopened(path)).results).get('new')).toEqual({valLoss: length});
    }
  });

  it.each([
    ['zeros', '\0\0\0\0'],
    ['half a line and zeros', '{"id":"c","met\0\0'],
    ['rubbish', 'xyz\n'],
  ])('that ends in %s loses only that', async (_what, tail) => {
    const path = await begun();
    const whole = await reopened(path);
    const bytes = readFileSync(path);
    appendFileSync(path, tail);
    expect(await reopened(path)).toEqual(whole);
    expect(readFileSync(path)).toEqual(bytes);
  });

  it('that is damaged before its last line is rejected and left unchanged', async () => {
    const path = await begun();
    const lines = readFileSync(path, 'utf8').split('\n');
    lines[1] = lines[1]!.slice(5);
    writeFileSync(path, lines.join('\n'));
    await expect(Journal.open(path, definition)).rejects.toThrow('damaged in line 2');
    expect(readFileSync(path, 'utf8')).toBe(lines.join('\n'));
  });

  it.each([
    ['an objective that is null', {metrics: {valLoss: null}}, '`metrics.valLoss` must be a number'],
    ['an objective that is ""', {metrics: {valLoss: ''}}, '`metrics.valLoss` must be a number'],
    ['an objective that is []', {metrics: {valLoss: []}}, '`metrics.valLoss` must be a number'],
    ['an objective that is true', {metrics: {valLoss: true}}, '`metrics.valLoss` must be a number'],
    ['an objective that is "7"', {metrics: {valLoss: '7'}}, '`metrics.valLoss` must be a number'],
    ['no objective', {metrics: {worst: 1}}, '`metrics.valLoss` must be there'],
    ['another metric that is null', {metrics: {valLoss: 1, worst: null}}, '`metrics.worst` must be a number'],
    ['metrics that are []', {metrics: []}, '`metrics` must be an object'],
    ['no metrics', {}, '`metrics` must be an object'],
    ['no id', {id: undefined, metrics: {valLoss: 1}}, '`id` must be a string'],
    ['no time', {seconds: null, metrics: {valLoss: 1}}, '`seconds` must be a number'],
    ['attempt 0', {attempt: 0, error: 'late'}, '`attempt` must be a whole number >= 1'],
    [
      'a result and an error at once',
      {attempt: 1, error: 'late', metrics: {valLoss: 1}},
      '`metrics` must not stand beside an `error`',
    ],
    ['an error that is null', {attempt: 1, error: null}, '`error` must be a string'],
  ])('with %s is rejected, the line named, wherever it stands', async (_what, entry, fault) => {
    const wrong = JSON.stringify({id: 'wrong', seconds: 1, ...entry});
    for (const number of [2, 3, 5]) {
      const path = await begun();
      const lines = readFileSync(path, 'utf8').split('\n');
      lines.splice(number - 1, 0, wrong);
      writeFileSync(path, lines.join('\n'));
      await expect(Journal.open(path, definition)).rejects.toThrow(
        `is damaged in line ${number}: ${fault}, got ${wrong.slice(0, 80)}`,
      );
      expect(readFileSync(path, 'utf8')).toBe(lines.join('\n'));
    }
  });

  it('of zeros alone is started over', async () => {
    const path = join(temporaryFolder(), 'search.jsonl');
    writeFileSync(path, '\0'.repeat(200));
    expect((await reopened(path)).results).toEqual([]);
  });

  it.each([
    'notes on temperatures',
    '{"a":1}\n',
    '{"journal":"tfjs-discrete/search","version":2}\n',
    '{"journal":"tfjs-discrete/search","version":1,"search":"x","definition":{"seeds":[1]}}\n',
    '{"journal":"tfjs-discrete/search","version":1,"search":"x","definition":null}\n',
    'a\nb\n',
  ])('is not confused with another file: %j', async (text) => {
    const path = join(temporaryFolder(), 'notes.txt');
    writeFileSync(path, text);
    await expect(Journal.open(path, definition)).rejects.toThrow('is not a journal of a search');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe('a journal of another search', () => {
  const {minimize: _, ...withoutObjective} = args;
  const cases: [string, DefinitionArgs][] = [
    [
      '`strategy.backwardTemperature[1]` is 2 there and 3 here',
      {
        ...args,
        strategy: grid({forwardTemperature: [0.5, 1], backwardTemperature: [1, 3], learningRate: [1e-3]}),
      },
    ],
    [
      '`strategy.forwardTemperature[2]` is missing there and 2 here',
      {
        ...args,
        strategy: grid({forwardTemperature: [0.5, 1, 2], backwardTemperature: [1, 2], learningRate: [1e-3]}),
      },
    ],
    [
      '`strategy.learningRate` is [0.001] there and missing here',
      {...args, strategy: grid({forwardTemperature: [0.5, 1], backwardTemperature: [1, 2]})},
    ],
    [
      '`strategy.name` is "grid" there and "sequential" here',
      {
        ...args,
        strategy: sequential({
          forwardTemperature: [0.5, 1],
          backwardTemperature: [1, 2],
          learningRate: [1e-3],
        }),
      },
    ],
    ['`seeds[1]` is 2 there and 3 here', {...args, seeds: [1, 3]}],
    ['`minimize` is "valLoss" there and "loss" here', {...args, minimize: 'loss'}],
    ['`minimize` is "valLoss" there and missing here', {...withoutObjective, maximize: 'valLoss'}],
    ['`settings.epochs` is 10 there and 11 here', {...args, settings: {epochs: 11, data: {name: 'mnist'}}}],
    [
      '`settings.data.name` is "mnist" there and "svhn" here',
      {...args, settings: {epochs: 10, data: {name: 'svhn'}}},
    ],
  ];
  it('is continued if release 0.1.0 has begun it, when temperatures had shorter names', async () => {
    const path = join(temporaryFolder(), 'journal.jsonl');
    copyFileSync(new URL('../../docs/results/data/sbnGrid/journal.jsonl', import.meta.url), path);
    const [header] = readFileSync(path, 'utf8').split('\n');
    expect(header).toContain('"forward":[0,0.1,0.4,0.7,1]');
    const again = define({
      strategy: grid({
        forwardTemperature: [0, 0.1, 0.4, 0.7, 1],
        backwardTemperature: [0.1, 0.4, 0.7, 1, 1.5],
      }),
      minimize: 'bestValLoss',
      settings: JSON.parse(header!).definition.settings,
    });
    const journal = await Journal.open(path, again);
    expect(journal.results).toHaveLength(25);
    await journal.close();
  });

  it.each(cases)('is rejected: %s', async (message, other) => {
    const path = await begun();
    const bytes = readFileSync(path);
    await expect(Journal.open(path, define(other))).rejects.toThrow(`belongs to another search: ${message}.`);
    expect(readFileSync(path)).toEqual(bytes);
    expect((await reopened(path)).results).toHaveLength(2);
  });
});

describe('two processes', () => {
  const DEAD = 2 ** 22 + 1; // Beyond Linux's highest process number.
  const locks = (path: string) => readdirSync(dirname(path)).filter((name) => name.includes('.lock.'));
  const leaveLock = (path: string, host: string, pid: number, began: number) =>
    writeFileSync(`${path}.lock.${host}.${pid}.${began}.0123456789ab`, '');

  it('cannot share a journal', async () => {
    const path = await begun();
    const journal = await Journal.open(path, definition);
    await expect(Journal.open(path, definition)).rejects.toThrow(
      `in use by process ${process.pid} on ${hostname()}`,
    );
    await journal.close();
    expect(locks(path)).toEqual([]);
    await reopened(path);
  });

  it('a lock of a dead process does not count, nor one whose process number is in use again', async () => {
    const path = await begun();
    leaveLock(path, hostname(), DEAD, 1);
    leaveLock(path, hostname(), process.pid, 1);
    await reopened(path);
    expect(locks(path)).toEqual([]);
  });

  it('a process on another machine is assumed to be alive', async () => {
    const path = await begun();
    leaveLock(path, 'else.where', 1, 2);
    await expect(Journal.open(path, definition)).rejects.toThrow(
      /process 1 on else\.where.*delete .*search\.jsonl\.lock\.else\.where\.1\.2\.0123456789ab/,
    );
  });

  it('that open a journal at the same time never both get it', async () => {
    const path = await begun();
    for (let round = 0; round < 5; round++) {
      leaveLock(path, hostname(), DEAD, round);
      const opened = await Promise.allSettled(Array.from({length: 4}, () => Journal.open(path, definition)));
      const winners = opened.filter((one) => one.status === 'fulfilled');
      expect(winners.length).toBeLessThanOrEqual(1);
      for (const {value} of winners) await value.close();
      await reopened(path);
    }
  });
});

describe('define', () => {
  it.each([
    [{...args, seeds: []}, 'search: `seeds` must be a list of integers, got [].'],
    [{...args, seeds: [1, 1]}, 'search: `seeds` must be a list of distinct integers, got [1,1].'],
    [{...args, seeds: [1.5]}, 'search: `seeds[0]` must be an integer, got 1.5.'],
    [{...args, minimize: undefined}, 'search: `minimize` must be the name of a metric'],
    [{...args, maximize: 'acc'}, 'search: `maximize` must be left out where `minimize` is given, got "acc".'],
    [{...args, settings: {when: new Date(0)}}, 'search: `settings` must be plain JSON'],
    [{...args, settings: {epochs: Number.NaN}}, 'search: `settings` must be plain JSON'],
    [{...args, strategy: {} as never}, 'search: `strategy` must be a strategy'],
  ])('rejects invalid arguments (%#)', (wrong, message) => {
    expect(() => define(wrong)).toThrow(message);
  });

  it('is unchanged by JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (settings) => {
        const plain = JSON.parse(JSON.stringify(settings));
        const defined = define({...args, settings: plain});
        expect(JSON.parse(JSON.stringify(defined))).toEqual(defined);
      }),
    );
  });
});
