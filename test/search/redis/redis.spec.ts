import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {Queue} from 'bullmq';
import {Redis} from 'ioredis';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {grid, type SearchArgs, search, sequential, toJson, trialsToCsv} from '../../../src/search/index.js';
import {killAll, linesIn, type Running, start, until} from '../processes.js';
import {fixturePath, temporaryFolder} from '../support.js';
import {type RedisServer, startRedis} from './server.js';

const workerCommand = fileURLToPath(new URL('../../../src/search/workerCommand.ts', import.meta.url));
/** Long enough for a busy machine to renew in time. */
const LOCK_SECONDS = 4;

let folder: string;
let redis: RedisServer;
beforeEach(async () => {
  folder = temporaryFolder();
  redis = await startRedis(folder);
});
afterEach(killAll);

function startWorker(trial = 'trial.mjs', ...more: string[]): Running {
  const options = [
    '--redis',
    redis.url,
    '--trial',
    fixturePath(trial),
    '--lock-seconds',
    String(LOCK_SECONDS),
  ];
  return start(workerCommand, [...options, ...more]);
}

const path = (name: string) => join(folder, name);
const args = (milliseconds: number): SearchArgs => ({
  redis: redis.url,
  strategy: sequential({
    forwardTemperature: [0, 0.5, 1],
    backwardTemperature: [0.3, 0.7, 1],
    learningRate: [1e-3, 3e-3],
  }),
  seeds: [1, 2, 3],
  minimize: 'valLoss',
  journal: path('search.jsonl'),
  settings: {milliseconds, log: path('log')},
  progress: false,
});
const TRIALS = (3 + 2) * 2 * 3;

/** The table of a search that nobody disturbs, on this machine. */
async function undisturbed(given: SearchArgs): Promise<string> {
  const {redis: _, ...local} = given;
  const settings = {...local.settings, milliseconds: 0, log: path('log-undisturbed')};
  const table = await search({
    ...local,
    trial: fixturePath('trial.mjs'),
    workers: 2,
    settings,
    journal: undefined,
  });
  return tableOf({...table, definition: {...table.definition, settings: given.settings as never}});
}

const tableOf = (result: Awaited<ReturnType<typeof search>>) => toJson(result) + trialsToCsv(result);

interface Event {
  readonly what: 'begin' | 'end';
  readonly pid: number;
  readonly id: string;
}

function events(): Event[] {
  return linesIn(path('log')).map((line) => {
    const [what, pid, id] = line.split(' ');
    return {what: what as Event['what'], pid: Number(pid), id: id!};
  });
}

/** What a process is at right now. */
function atWork(pid: number): string | undefined {
  const open = new Set<string>();
  for (const event of events()) {
    if (event.pid !== pid) continue;
    if (event.what === 'begin') open.add(event.id);
    else open.delete(event.id);
  }
  return [...open][0];
}

const recorded = () =>
  linesIn(path('search.jsonl'))
    .slice(1)
    .map((line) => JSON.parse(line).id as string);

/** Every trial is in the journal, once. */
function expectEachOnce(): void {
  expect(recorded()).toHaveLength(TRIALS);
  expect(new Set(recorded()).size).toBe(TRIALS);
}

/** Every begin but a trial's last one was cut short, by the death of one of `killed` in the middle of it. */
function expectNoneRunTwice(killed: ReadonlySet<number>): number {
  const begins = groupById(begun());
  expect(begins.size).toBe(TRIALS);
  let again = 0;
  for (const [id, all] of begins) {
    for (const {pid} of all.slice(0, -1)) {
      expect(killed, `${id} was begun again, although process ${pid} was not killed`).toContain(pid);
      expect(
        begun()
          .filter((one) => one.pid === pid)
          .at(-1)!.id,
        `${pid} went on after ${id}`,
      ).toBe(id);
      again++;
    }
  }
  return again;
}

const begun = () => events().filter(({what}) => what === 'begin');

function groupById(all: readonly Event[]): Map<string, Event[]> {
  const groups = new Map<string, Event[]>();
  for (const event of all) groups.set(event.id, [...(groups.get(event.id) ?? []), event]);
  return groups;
}

async function queueIsEmpty(): Promise<void> {
  const queue = new Queue('tfjs-discrete-search', {connection: {url: redis.url}});
  try {
    const counts = await queue.getJobCounts();
    expect(
      Object.values(counts).reduce((sum, count) => sum + count, 0),
      JSON.stringify(counts),
    ).toBe(0);
  } finally {
    await queue.close();
  }
}

describe('workers over Redis', () => {
  it('killed during trials, repeatedly, lose no trial and count none twice', async () => {
    const given = args(300);
    const expected = await undisturbed(given);
    const workers = [startWorker(), startWorker(), startWorker()];
    const killed = new Set<number>();
    const result = search(given);
    let isOver = false;
    result.finally(() => {
      isOver = true;
    });
    for (let strike = 0; strike < 6 && !isOver; strike++) {
      const victim = workers.shift()!;
      await until(`work of ${victim.pid}`, () => isOver || atWork(victim.pid) !== undefined);
      await setTimeout(50 * strike);
      await until(`more work of ${victim.pid}`, () => isOver || atWork(victim.pid) !== undefined);
      await victim.kill();
      killed.add(victim.pid);
      workers.push(startWorker());
    }
    expect(tableOf(await result)).toBe(expected);
    expectEachOnce();
    const again = expectNoneRunTwice(killed);
    expect(again, 'trials that died and were begun again').toBeGreaterThanOrEqual(3);
    await queueIsEmpty();
  });

  it('killed all at once leave their trials to the next one', async () => {
    const given = args(150);
    const expected = await undisturbed(given);
    const workers = [startWorker(), startWorker('trial.mjs', '--workers', '2')];
    const result = search(given);
    await until(
      'three trials at work',
      () => begun().length - events().filter(({what}) => what === 'end').length >= 3,
    );
    await Promise.all(workers.map((worker) => worker.kill()));
    startWorker('trial.mjs', '--workers', '3');
    expect(tableOf(await result)).toBe(expected);
    expectEachOnce();
  });

  it('continue while the search is dead, which then reads their results', async () => {
    const {strategy: _, ...given} = args(100);
    const lists = {
      forwardTemperature: [0, 0.5, 1],
      backwardTemperature: [0.3, 0.7, 1],
      learningRate: [1e-3, 3e-3],
    };
    const expected = await undisturbed(args(100));
    const asJson = JSON.stringify({...given, strategy: {name: 'sequential', ...lists}});
    const begin = () => start(fixturePath('runSearch.ts'), [asJson, path('table')]);
    startWorker();
    startWorker();
    for (const lines of [1, 5, 12, 20, 26]) {
      const child = begin();
      await until(`${lines} lines`, () => linesIn(path('search.jsonl')).length >= lines);
      await child.kill();
      // Meanwhile trials end that nobody records.
      await setTimeout(400);
    }
    const unrecorded = events().filter(({what}) => what === 'end').length - recorded().length;
    expect(unrecorded, 'trials that ended while the search was dead').toBeGreaterThan(0);
    const last = begin();
    expect(await last.ended(), last.output()).toBe(0);
    expect(readFileSync(path('table'), 'utf8')).toBe(expected);
    expectEachOnce();
    expect(expectNoneRunTwice(new Set())).toBe(0);
    await queueIsEmpty();
  });

  it('that sleep for longer than their lock lasts have their late results rejected', async () => {
    const given = args(100);
    const expected = await undisturbed(given);
    const sleeper = startWorker();
    const result = search(given);
    await until('work', () => atWork(sleeper.pid) !== undefined && recorded().length > 2);
    sleeper.send('SIGSTOP');
    const slept = atWork(sleeper.pid);
    startWorker();
    if (slept !== undefined) await until('somebody else to take over', () => recorded().includes(slept));
    sleeper.send('SIGCONT');
    expect(tableOf(await result)).toBe(expected);
    expectEachOnce();
  });

  it('keep a trial that blocks its thread for several times the duration of the lock', async () => {
    const busy = 2.5 * LOCK_SECONDS * 1000;
    const strategy = grid({forwardTemperature: [0.5], backwardTemperature: [0.7, 1]});
    const result = search({...args(0), strategy, seeds: [1], settings: {busy, log: path('log')}});
    startWorker();
    startWorker();
    startWorker();
    expect((await result).trials.map(({status}) => status)).toEqual(['done', 'done']);
    expect(begun()).toHaveLength(2);
  });

  it('told to stop finish their running trials', async () => {
    const given = args(400);
    const worker = startWorker();
    const result = search(given);
    await until('work', () => atWork(worker.pid) !== undefined);
    worker.send('SIGTERM');
    expect(await worker.ended(), worker.output()).toBe(0);
    expect(atWork(worker.pid)).toBeUndefined();
    startWorker('trial.mjs', '--workers', '6');
    await result;
    expectEachOnce();
    expect(expectNoneRunTwice(new Set())).toBe(0);
  });

  it('include the search process itself if it has a trial module', async () => {
    const given = args(5);
    const expected = await undisturbed(given);
    const result = await search({...given, trial: fixturePath('trial.mjs'), workers: 2});
    expect(tableOf(result)).toBe(expected);
    expect(new Set(begun().map(({pid}) => pid))).toEqual(new Set([process.pid]));
    await queueIsEmpty();
  });
});

describe('a trial over Redis', () => {
  it('that fails is recorded with its error and repeated', async () => {
    startWorker('misbehaving.mjs', '--workers', '2');
    const {trials, best} = await search({
      redis: redis.url,
      strategy: grid({forwardTemperature: [0, 1, 3, 5, 7], backwardTemperature: [1]}),
      minimize: 'valLoss',
      retries: 1,
      progress: false,
    });
    const [good, failing, exiting, missing, nan] = trials;
    expect(good).toMatchObject({status: 'done', errors: []});
    expect(failing).toMatchObject({
      status: 'failed',
      errors: ['line one,\n"line two"', 'line one,\n"line two"'],
    });
    expect(exiting!.errors).toHaveLength(2);
    expect(missing!.errors[0]).toBe('A trial must return `valLoss`, got only loss.');
    expect(nan).toMatchObject({
      status: 'done',
      metrics: {valLoss: Number.NaN, norm: Number.POSITIVE_INFINITY},
    });
    expect(best!.forwardTemperature).toBe(0);
    await queueIsEmpty();
  });

  it('does not fail because of a worker without a trial function', async () => {
    const given = args(0);
    const wrong = startWorker('noFunction.mjs');
    const result = search(given);
    expect(await wrong.ended()).toBe(1);
    expect(wrong.output()).toContain('must have a function as its default export');
    startWorker();
    const {trials} = await result;
    expect(trials.every(({status, errors}) => status === 'done' && errors.length === 0)).toBe(true);
  });
});

describe('a Redis', () => {
  it('that is killed and restarts from its file loses nothing', async () => {
    const given = args(150);
    const expected = await undisturbed(given);
    startWorker();
    startWorker();
    const result = search(given);
    for (const lines of [4, 12]) {
      await until(`${lines} lines`, () => linesIn(path('search.jsonl')).length >= lines);
      await redis.kill();
      await setTimeout(500);
      await redis.restart();
    }
    expect(tableOf(await result)).toBe(expected);
    expectEachOnce();
  });

  it('that loses its data gets the jobs again', async () => {
    const given = args(100);
    const expected = await undisturbed(given);
    startWorker();
    const result = search(given);
    await until('some lines', () => linesIn(path('search.jsonl')).length >= 5);
    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
    expect(tableOf(await result)).toBe(expected);
    expectEachOnce();
  });

  it('serves two searches at once, each with its own trials', async () => {
    startWorker('trial.mjs', '--workers', '2');
    const second = {...args(10), journal: path('second.jsonl')};
    const [one, two] = await Promise.all([search(args(10)), search(second)]);
    expect(tableOf(one)).toBe(tableOf(two));
    expect(begun()).toHaveLength(2 * TRIALS);
    await queueIsEmpty();
  });

  it('that becomes unreachable does not block an aborted search', async () => {
    const controller = new AbortController();
    const result = search({
      ...args(50),
      signal: controller.signal,
      trial: fixturePath('trial.mjs'),
      workers: 1,
    });
    await until('some lines', () => linesIn(path('search.jsonl')).length >= 5);
    await redis.kill();
    controller.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
  }, 20_000);

  it('that does not answer is named, without its password', async () => {
    await redis.kill();
    const url = redis.url.replace('redis://', 'redis://user:secret@');
    const attempt = search({...args(0), redis: url});
    await expect(attempt).rejects.toThrow(
      /`redis` must be a server that answers, got "redis:\/\/127\.0\.0\.1:\d+ /,
    );
    await expect(attempt).rejects.not.toThrow('secret');
    const worker = startWorker();
    expect(await worker.ended()).toBe(1);
    expect(worker.output()).toContain('`redis` must be a server that answers');
  });
});
