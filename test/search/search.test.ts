import {execFile} from 'node:child_process';
import {getEventListeners} from 'node:events';
import {appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {join} from 'node:path';
import {setImmediate, setTimeout} from 'node:timers/promises';
import {promisify} from 'node:util';
import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {
  configurationsToCsv,
  grid,
  type SearchArgs,
  type SearchProgress,
  search,
  sequential,
  type TrialInput,
  toJson,
  trialsToCsv,
} from '../../src/search/index.js';
import {eventFilesIn, readEventFile} from '../support/eventFiles.js';
import {fixture, fixturePath, temporaryFolder, valley} from './support.js';

const strategy = grid({
  forwardTemperature: [0, 0.5, 1],
  backwardTemperature: [0.3, 0.7],
  learningRate: [1e-3, 1e-4],
});
const common = {strategy, seeds: [3, 1], minimize: 'valLoss', progress: false} as const;
const journalIn = (folder: string) => join(folder, 'search.jsonl');
const linesOf = (journal: string) => readFileSync(journal, 'utf8').trimEnd().split('\n');

/** The module under test, for processes of their own. */
const index = new URL('../../src/search/index.ts', import.meta.url).href;

function runScript(script: string) {
  return promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
}

/** A search with the fixture whose forward temperature says how it goes wrong. */
const misbehave = (kinds: number[], more: Partial<SearchArgs> = {}) =>
  search({
    trial: fixture('misbehaving.mjs'),
    strategy: grid({forwardTemperature: kinds, backwardTemperature: [1]}),
    minimize: 'valLoss',
    progress: false,
    workers: 2,
    retries: 0,
    ...more,
  });

describe('search', () => {
  it('finds the lowest point, over all seeds', async () => {
    const {best, configurations, trials} = await search({...common, trial: valley});
    expect(best).toMatchObject({
      forwardTemperature: 0.5,
      backwardTemperature: 0.7,
      learningRate: 1e-3,
      seeds: 2,
    });
    expect(configurations).toHaveLength(12);
    expect(trials).toHaveLength(24);
    expect(trials.slice(0, 3).map(({id}) => id)).toEqual([
      'tf=0/tb=0.3/lr=0.001/seed=3',
      'tf=0/tb=0.3/lr=0.001/seed=1',
      'tf=0/tb=0.3/lr=0.0001/seed=3',
    ]);
    const values = [3, 1].map(
      (seed) =>
        valley({forwardTemperature: 0.5, backwardTemperature: 0.7, learningRate: 1e-3, seed, settings: {}})
          .valLoss,
    );
    const {mean, standardDeviation} = best!.metrics.valLoss!;
    expect(mean).toBeCloseTo((values[0]! + values[1]!) / 2, 15);
    expect(standardDeviation).toBeCloseTo(Math.abs(values[0]! - values[1]!) / Math.SQRT2, 15);
  });

  it('finds the same point sequentially with fewer trials', async () => {
    const forward = [0, 0.25, 0.5, 0.75, 1];
    const backward = [0.3, 0.5, 0.7, 0.9];
    const {best, trials} = await search({
      ...common,
      trial: valley,
      strategy: sequential({forwardTemperature: forward, backwardTemperature: backward}),
    });
    expect(best).toMatchObject({forwardTemperature: 0.5, backwardTemperature: 0.7});
    expect(trials).toHaveLength(2 * (5 + 4));
  });

  it('maximizes a metric', async () => {
    const trial = (input: TrialInput) => ({accuracy: -valley(input).valLoss, valLoss: 0});
    const {best} = await search({...common, trial, minimize: undefined, maximize: 'accuracy'});
    expect(best).toMatchObject({forwardTemperature: 0.5, backwardTemperature: 0.7, learningRate: 1e-3});
  });

  it('passes the settings to a trial, and no learning rate unless it is searched for', async () => {
    const seen: TrialInput[] = [];
    const settings = {epochs: 3, data: ['mnist']};
    await search({
      ...common,
      strategy: grid({forwardTemperature: [0.5], backwardTemperature: [2]}),
      settings,
      trial: (input: TrialInput) => {
        seen.push(input);
        return {valLoss: 1};
      },
    });
    expect(seen).toEqual(
      [3, 1].map((seed) => ({forwardTemperature: 0.5, backwardTemperature: 2, seed, settings})),
    );
  });

  it('gives the same table in whatever order trials finish', async () => {
    const args = {
      ...common,
      strategy: sequential({forwardTemperature: [0, 0.5, 1], backwardTemperature: [0.3, 0.7, 1]}),
    };
    const expected = toJson(await search({...args, trial: valley}));
    for (const workers of [1, 3]) {
      const result = await search({
        ...args,
        trial: fixture('trial.mjs'),
        settings: {milliseconds: 3},
        workers,
      });
      const same = {
        ...result,
        definition: {...result.definition, settings: {}},
        best: withoutSeen(result.best!),
        configurations: result.configurations.map(withoutSeen),
        trials: result.trials.map(withoutSeen),
      };
      expect(toJson(same)).toBe(expected);
    }
  });

  it('reports progress, up to the last trial', async () => {
    const reports: SearchProgress[] = [];
    const {best} = await search({...common, trial: valley, progress: (one) => reports.push(one)});
    expect(reports.map(({settled}) => settled)).toEqual(Array.from({length: 25}, (_, i) => i));
    expect(reports.every(({total}) => total === 24)).toBe(true);
    expect(reports[1]!.best).toBeUndefined();
    expect(reports.at(-1)!.best).toEqual(best);
  });

  it('stops when its signal aborts, and continues later', async () => {
    const journal = journalIn(temporaryFolder());
    const controller = new AbortController();
    const args = {...common, journal, trial: fixture('trial.mjs'), settings: {milliseconds: 20}, workers: 2};
    const progress = ({settled}: SearchProgress) => settled === 5 && controller.abort(new Error('enough'));
    await expect(search({...args, progress: progress as never, signal: controller.signal})).rejects.toThrow(
      'enough',
    );
    const before = linesOf(journal);
    expect(before.length).toBeGreaterThanOrEqual(6);
    const {trials} = await search(args);
    expect(trials).toHaveLength(24);
    expect(linesOf(journal)).toHaveLength(25);
    expect(linesOf(journal).slice(0, before.length)).toEqual(before);
  });

  it('removes its listeners from a signal that outlives it', async () => {
    const {signal} = new AbortController();
    await search({...common, trial: valley, signal});
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await expect(
      search({
        ...common,
        trial: valley,
        signal,
        progress: ({settled}) => {
          if (settled === 2) throw new Error('no more');
        },
      }),
    ).rejects.toThrow('no more');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('fails when the journal cannot be written', async () => {
    const handle = await open('/dev/null');
    const datasync = vi.spyOn(Object.getPrototypeOf(handle), 'datasync');
    await handle.close();
    datasync.mockImplementation(async () => {
      if (datasync.mock.calls.length > 4) throw new Error('ENOSPC: no space left on device');
    });
    let ran = 0;
    const trial = (input: TrialInput) => {
      ran++;
      return valley(input);
    };
    try {
      const journal = journalIn(temporaryFolder());
      await expect(search({...common, trial, journal})).rejects.toThrow('ENOSPC');
      expect(ran).toBe(4);
    } finally {
      datasync.mockRestore();
    }
  });
});

function withoutSeen<T extends {metrics: object}>(row: T): T {
  const {seen: _, ...metrics} = row.metrics as {seen?: unknown};
  return {...row, metrics};
}

describe('a trial that fails', () => {
  it('is recorded with its error and repeated, without affecting other trials', async () => {
    const journal = journalIn(temporaryFolder());
    const result = await misbehave([0, 1, 2, 3, 4, 5, 6], {retries: 1, journal});
    const rows = Object.fromEntries(result.trials.map((row) => [row.forwardTemperature, row]));
    expect(rows[0]).toMatchObject({status: 'done', metrics: {valLoss: 0.5}, errors: []});
    const twice = (message: unknown) => ({status: 'failed', metrics: {}, errors: [message, message]});
    expect(rows[1]).toMatchObject(twice('line one,\n"line two"'));
    expect(rows[2]).toMatchObject(twice(expect.stringContaining('no error at all')));
    expect(rows[3]).toMatchObject(twice(expect.stringMatching(/exit/i)));
    expect(rows[4]).toMatchObject(twice(expect.stringContaining('cannot be sent from its worker')));
    expect(rows[5]).toMatchObject(twice('A trial must return `valLoss`, got only loss.'));
    expect(rows[6]).toMatchObject(twice('A trial must return an object of numbers, got undefined.'));
    expect(result.best).toMatchObject({forwardTemperature: 0, status: 'done'});
    expect(linesOf(journal)).toHaveLength(1 + 1 + 6 * 2);
    // Nothing is left to do.
    expect(toJson(await misbehave([0, 1, 2, 3, 4, 5, 6], {retries: 1, journal}))).toBe(toJson(result));
    expect(linesOf(journal)).toHaveLength(1 + 1 + 6 * 2);
  });

  it('that throws outside its promise fails with the thread it ends', async () => {
    const {trials} = await misbehave([0, 10], {workers: 1});
    expect(trials.map(({status}) => status)).toEqual(['done', 'failed']);
    expect(trials[1]!.errors).toEqual(['behind its back']);
  });

  it('that succeeds at the second attempt is done, and its row lists the first error', async () => {
    const {trials} = await misbehave([8], {retries: 1, workers: 1});
    expect(trials[0]).toMatchObject({status: 'done', metrics: {valLoss: 8}, errors: ['only once']});
  });

  it('is run again when `retries` is raised', async () => {
    const journal = journalIn(temporaryFolder());
    const failed = await misbehave([8], {journal, settings: {valLoss: 1}});
    expect(failed.best).toBeUndefined();
    const {trials} = await search({
      trial: () => ({valLoss: 1}),
      strategy: grid({forwardTemperature: [8], backwardTemperature: [1]}),
      minimize: 'valLoss',
      settings: {valLoss: 1},
      progress: false,
      journal,
      retries: 1,
    });
    expect(trials[0]).toMatchObject({status: 'done', errors: ['only once']});
  });

  it('excludes its configuration from being the best', async () => {
    const trial = ({forwardTemperature, seed}: TrialInput) => {
      if (forwardTemperature === 0 && seed === 2) throw new Error('out of luck');
      return {valLoss: forwardTemperature};
    };
    const {best, configurations} = await search({
      trial,
      strategy: grid({forwardTemperature: [0, 1], backwardTemperature: [1]}),
      seeds: [1, 2],
      minimize: 'valLoss',
      progress: false,
    });
    expect(configurations[0]).toMatchObject({status: 'failed', seeds: 1, failed: 1});
    expect(best!.forwardTemperature).toBe(1);
  });

  it('does not include a NaN objective, which is a result but never the best', async () => {
    const journal = journalIn(temporaryFolder());
    for (const _ of ['first', 'from the journal']) {
      const {best, trials} = await misbehave([7, 0], {journal});
      expect(trials[0]).toMatchObject({
        status: 'done',
        metrics: {valLoss: Number.NaN, norm: Number.POSITIVE_INFINITY},
      });
      expect(best!.forwardTemperature).toBe(0);
    }
  });

  it('without a default export ends the search and is not recorded', async () => {
    const journal = journalIn(temporaryFolder());
    const args = {...common, journal, workers: 1};
    await expect(search({...args, trial: fixturePath('noFunction.mjs')})).rejects.toThrow(
      `search: \`trial\` ${fixturePath('noFunction.mjs')} must have a function as its default export.`,
    );
    expect(linesOf(journal)).toHaveLength(1);
  });
});

describe('a trial whose module was edited', () => {
  it('is rejected under the earlier journal unless `acceptEditedTrial` is set', async () => {
    const folder = temporaryFolder();
    const [trial, journal] = [join(folder, 'trial.mjs'), journalIn(folder)];
    copyFileSync(fixturePath('trial.mjs'), trial);
    const args = {...common, workers: 1, trial, journal};
    const table = toJson(await search(args));
    const lines = linesOf(journal);
    appendFileSync(trial, '// a change\n');
    await expect(search(args)).rejects.toThrow(
      `search: \`trial\` was edited since \`journal\` ${journal} began, whose results may no longer hold`,
    );
    expect(toJson(await search({...args, acceptEditedTrial: true}))).toBe(table);
    expect(linesOf(journal)).toEqual(lines);
  });
});

describe('the output folder', () => {
  it('gets the tables and figures', async () => {
    const output = join(temporaryFolder(), 'new', 'folder');
    const result = await search({...common, trial: valley, output});
    expect(readdirSync(output).sort()).toEqual([
      'configurations.csv',
      'heatMap.svg',
      'linePlot.svg',
      'result.json',
      'trials.csv',
    ]);
    expect(readFileSync(join(output, 'result.json'), 'utf8')).toBe(toJson(result));
    expect(readFileSync(join(output, 'heatMap.svg'), 'utf8')).toContain('<svg');
  });

  it('is rejected before the first trial where vega is not installed', async () => {
    const folder = temporaryFolder();
    const hook = `export async function resolve(name, context, next) {
      if (name === 'vega') throw Object.assign(new Error('Cannot find vega'), {code: 'ERR_MODULE_NOT_FOUND'});
      return next(name, context);
    }`;
    const run = runScript(`
      import {register} from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
      const {grid, search} = await import(${JSON.stringify(index)});
      await search({
        trial: () => { console.log('a trial ran'); return {loss: 1}; },
        strategy: grid({forwardTemperature: [1], backwardTemperature: [1]}),
        minimize: 'loss',
        output: ${JSON.stringify(folder)},
      });`);
    const {stdout, stderr} = await run.catch((error) => error);
    expect(stderr).toContain('search: a figure needs one more package: npm install vega@6');
    expect(stdout).toBe('');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the folder for TensorBoard', () => {
  it('gets a run per trial, with its hyperparameters and metrics', async () => {
    const folder = join(temporaryFolder(), 'logs');
    const {trials} = await search({...common, trial: valley, tensorBoard: folder});
    expect(readdirSync(folder).filter((name) => !name.startsWith('events.'))).toHaveLength(trials.length);
    for (const {id, metrics} of trials) {
      const [file] = eventFilesIn(join(folder, id.replaceAll('/', ',')));
      const {values} = readEventFile(file!);
      expect(values.map(({tag}) => tag)).toEqual([
        '_hparams_/session_start_info',
        'valLoss',
        '_hparams_/session_end_info',
      ]);
      expect(values[1]!.simpleValue).toBe(Math.fround(metrics.valLoss!));
    }
  });

  it('is rejected before the first trial if it holds anything', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'other'), '');
    const trial = vi.fn(valley);
    await expect(search({...common, trial, tensorBoard: folder})).rejects.toThrow(
      `search: \`tensorBoard\` must be a new or empty folder, got "${folder}".`,
    );
    expect(trial).not.toHaveBeenCalled();
  });
});

describe('where stderr is not a terminal', () => {
  it('says how far it is, why a trial failed, and exits with 1', async () => {
    const error = await runScript(`
      const {grid, search} = await import(${JSON.stringify(index)});
      const {best} = await search({
        trial: ({forwardTemperature: value}) => {
          if (value === 2) throw new Error('too warm');
          return {loss: value};
        },
        strategy: grid({forwardTemperature: [1, 2], backwardTemperature: [1]}),
        minimize: 'loss',
      });
      console.log(best.forwardTemperature);`).catch((error) => error);
    expect(error.stdout).toBe('1\n');
    expect(error.stderr.trimEnd().split('\n')).toEqual([
      'search: 0/2 trials',
      'search: 1/2 trials, best loss 1 at forwardTemperature 1, backwardTemperature 1',
      'search: trial tf=2/tb=1/seed=1 failed (attempt 1): too warm',
      'search: trial tf=2/tb=1/seed=1 failed (attempt 2): too warm',
      'search: 2/2 trials, 1 failed, best loss 1 at forwardTemperature 1, backwardTemperature 1',
    ]);
    expect(error.code).toBe(1);
  });
});

describe('options', () => {
  it.each<[string, Partial<SearchArgs>]>([
    ['search: `trial` must be a path, a file URL or a function, got undefined.', {trial: undefined}],
    ['search: `trial` must be an existing module, got "/no/trial.js".', {trial: '/no/trial.js'}],
    ['search: `workers` must be 1 if `trial` is a function', {trial: valley, workers: 2}],
    ['search: `workers` must be a whole number >= 1, got 0.', {workers: 0}],
    ['search: unknown option `worker`; did you mean `workers`?', {worker: 2} as never],
    ['search: `maximize` must be left out where `minimize` is given, got "acc".', {maximize: 'acc'}],
    ['search: `progress` must be true, false or a function, got "bar".', {progress: 'bar' as never}],
    ['search: `output` must be a path, got 7.', {output: 7 as never}],
    ['search: unknown option `URL`; did you mean `url`?', {redis: {URL: 'redis://localhost'} as never}],
    ['search: `retries` must be a whole number >= 0, got -1.', {retries: -1}],
    ['search: `redis` must be a URL such as redis://127.0.0.1:6379', {redis: 'http://example.org'}],
    ['search: `trial` must be a module if `redis` is given', {trial: valley, redis: 'redis://localhost'}],
    ['search: `workers` must be left out', {trial: undefined, workers: 1, redis: 'redis://localhost'}],
    ['search: `queue` must be a name without colon', {redis: {url: 'redis://localhost', queue: 'a:b'}}],
  ])('%s', async (message, wrong) => {
    const journal = journalIn(temporaryFolder());
    await expect(search({...common, trial: fixture('trial.mjs'), journal, ...wrong})).rejects.toThrow(
      message,
    );
    expect(existsSync(journal)).toBe(false);
  });
});

describe('a search that is resumed', () => {
  it('from a journal cut off anywhere ends with the same table and runs no recorded trial again', async () => {
    const folder = temporaryFolder();
    const args = {
      minimize: 'valLoss',
      seeds: [1, 2],
      progress: false,
      retries: 1,
      strategy: sequential({
        forwardTemperature: [0, 0.5, 1],
        backwardTemperature: [0.3, 0.7],
        fixedBackwardTemperature: 0.5,
      }),
    };
    let ran: string[] = [];
    const attempts = new Map<string, number>();
    const trial = async (input: TrialInput) => {
      const name = `${input.forwardTemperature}/${input.backwardTemperature}/${input.seed}`;
      ran.push(name);
      attempts.set(name, (attempts.get(name) ?? 0) + 1);
      await setImmediate();
      if (input.forwardTemperature === 1) throw new Error(`${name} never works`);
      return valley(input);
    };
    const whole = journalIn(folder);
    const undisturbed = await search({...args, trial, journal: whole});
    const table = toJson(undisturbed) + trialsToCsv(undisturbed) + configurationsToCsv(undisturbed);
    const bytes = readFileSync(whole);
    const journal = join(folder, 'cut.jsonl');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), async (length) => {
        writeFileSync(journal, bytes.subarray(0, length));
        ran = [];
        const resumed = await search({...args, trial, journal});
        expect(toJson(resumed) + trialsToCsv(resumed) + configurationsToCsv(resumed)).toBe(table);
        const entries = Math.max(0, bytes.subarray(0, length).toString().split('\n').length - 2);
        // Ten trials, two of which fail twice.
        expect(ran).toHaveLength(12 - entries);
      }),
      {numRuns: 25},
    );
  });

  it('leaves no thread behind', async () => {
    await misbehave([9, 0], {signal: AbortSignal.timeout(500)}).catch(() => {});
    await setTimeout(50);
    expect(process.getActiveResourcesInfo().filter((one) => one === 'Worker')).toEqual([]);
  });
});
