import {execFile, spawn} from 'node:child_process';
import {appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import dlnSetup from '../../examples/papers/dlnSetup.js';
import {draw} from '../../examples/papers/figures/plot.js';
import {
  appendResult,
  dropTornLine,
  keyOf,
  keyOfValues,
  type Result,
  readResults,
} from '../../examples/papers/results.js';
import {estimate, showEstimate} from '../../examples/papers/statistics.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'papers-'));
});
afterAll(() => rm(folder, {recursive: true}));

const result = (seed: number): Result => ({
  experiment: 'sbn',
  configuration: {estimator: 'decoupled', forwardTemperature: 0.1},
  seed,
  settings: {epochs: 2, learningRate: 1e-3},
  backend: 'wasm',
  seconds: 1,
  history: {val_loss: [0.123456789, 12_345_678, Number.NaN]},
});

describe('estimate', () => {
  it('gives mean and 95 % interval by Student’s t', () => {
    // t(0.975, 4) = 2.776; deviation of 1..5 is sqrt(2.5).
    const {mean, halfWidth, runs} = estimate([1, 2, 3, 4, 5]);
    expect([mean, runs]).toEqual([3, 5]);
    expect(halfWidth).toBeCloseTo(2.776 * Math.sqrt(2.5 / 5), 10);
    expect(estimate([1, 2]).halfWidth).toBeCloseTo(12.706 * 0.5, 10);
  });

  it('has no interval for a single run', () => {
    expect(estimate([4]).halfWidth).toBeNaN();
    expect(showEstimate(estimate([4]), 1)).toBe('4.0');
    expect(showEstimate({runs: 2, mean: 1.25, halfWidth: 0.5}, 2)).toBe('1.25 ± 0.50');
  });

  it('comes close to the normal quantile for many runs', () => {
    const values = Array.from({length: 41}, (_, i) => i);
    const error = Math.sqrt((41 * 42) / 12 / 41); // variance of 0..40 is 41 * 42 / 12
    expect(estimate(values).halfWidth / error).toBeCloseTo(2.021, 2); // t(0.975, 40)
  });
});

describe('a results file', () => {
  it('keeps runs, their figures to five digits', async () => {
    const path = join(folder, 'new', 'runs.jsonl');
    expect(await readResults(path)).toEqual([]);
    await appendResult(path, result(1));
    await appendResult(path, result(2));
    const history = {val_loss: [0.12346, 12_345_678, Number.NaN]};
    expect(await readResults(path)).toEqual([1, 2].map((seed) => ({...result(seed), history})));
  });

  it('is read without its unfinished last line, which the next append cuts off', async () => {
    const path = join(folder, 'torn.jsonl');
    await dropTornLine(path); // no file yet
    await appendResult(path, result(1));
    const whole = await readFile(path, 'utf8');
    const torn = `${whole}{"experiment":"sbn","conf`;
    await writeFile(path, torn);
    expect((await readResults(path)).map(({seed}) => seed)).toEqual([1]);
    expect(await readFile(path, 'utf8')).toBe(torn);
    await dropTornLine(path);
    expect(await readFile(path, 'utf8')).toBe(whole);
    await dropTornLine(path);
    expect(await readFile(path, 'utf8')).toBe(whole);
  });

  it('identifies runs by configuration, seed and settings, not by the order of keys', () => {
    const {configuration, settings, ...rest} = result(1);
    const turned = {
      ...rest,
      configuration: Object.fromEntries(Object.entries(configuration).reverse()),
      settings: Object.fromEntries(Object.entries(settings).reverse()),
    };
    expect(keyOf(turned)).toBe(keyOf(result(1)));
    expect(keyOf(result(2))).not.toBe(keyOf(result(1)));
    expect(keyOf({...result(1), settings: {...settings, epochs: 3}})).not.toBe(keyOf(result(1)));
    expect(keyOf({...result(1), configuration: {estimator: 'softmax'}})).not.toBe(keyOf(result(1)));
  });
});

describe('an experiment', () => {
  const program = (output: string, ...args: string[]) => [
    ...[
      '--import',
      'tsx',
      'examples/papers/sbn.ts',
      '--limit',
      '256',
      '--output',
      output,
      '--backend',
      'cpu',
    ],
    ...['--set', 'dataset=mnist', '--set', 'units=8', '--only', 'decoupled', 'identity', ...args],
  ];
  const run = async (output: string, ...args: string[]) =>
    (await promisify(execFile)(process.execPath, program(output, ...args))).stdout;
  const tableIn = (text: string) => text.slice(text.indexOf('| configuration'));

  it('runs only what is missing, with the same results whether or not it was killed', async () => {
    const [whole, killed] = [join(folder, 'whole.jsonl'), join(folder, 'killed.jsonl')];
    const table = tableIn(
      await run(whole, '--epochs', '1', '--seeds', '2', '--workers', '2', '--vectors', '128'),
    );
    expect(table).toMatch(/\| decoupled \(0\.1, 0\.7\) \| 2 \|.* ± /);

    const child = spawn(process.execPath, program(killed, '--epochs', '1', '--seeds', '2'), {detached: true});
    const signal = await new Promise((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        if (String(text).includes('seed 1: ')) process.kill(-child.pid!, 'SIGKILL'); // its figures follow
      });
      child.on('exit', (_code, name) => resolve(name));
    });
    expect(signal).toBe('SIGKILL');
    const torn = '{"experiment":"sbn","conf';
    await appendFile(killed, torn);
    expect(tableIn(await run(killed, '--epochs', '1', '--seeds', '2'))).toBe(table);
    await appendFile(killed, torn); // as if another command were writing
    const again = await run(killed, '--epochs', '1', '--seeds', '2');
    expect(again).toContain('4 runs, 4 of them in');
    expect(tableIn(again)).toBe(table);
    const lines = (await readFile(killed, 'utf8')).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines.at(-1)).toBe(torn); // nothing to append, so nothing is cut off
  }, 600_000); // eight programs, which a busy machine runs slowly

  it('prints nothing when it is killed without its workers', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/examples/fixtures/busyWorker.ts']);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    // Closed once the worker, which writes to the same pipes, has ended too.
    const signal = await new Promise((resolve) => child.on('close', (_code, name) => resolve(name)));
    expect([signal, output]).toEqual(['SIGKILL', '']);
  });

  it('ends a worker during training when its parent is killed', async () => {
    const program = ['--import', 'tsx', 'test/examples/fixtures/orphan.ts'];
    const child = spawn(process.execPath, program);
    // Closed once the worker, which writes to the same pipes, has ended too; else this waits in vain.
    const signal = await new Promise((resolve) => child.on('close', (_code, name) => resolve(name)));
    expect(signal).toBe('SIGKILL');
  });

  it('rejects a width of vectors that there is not', async () => {
    await expect(run(join(folder, 'none.jsonl'), '--vectors', '512')).rejects.toThrow(
      "option '--vectors <bits>' argument '512' is invalid. Allowed choices are 128, 256.",
    );
  });

  it('names an unknown setting', async () => {
    await expect(run(join(folder, 'none.jsonl'), '--set', 'depth=3')).rejects.toThrow(
      /--set: `depth` must be one of epochs, batchSize/,
    );
  });
});

describe('a search for temperatures', () => {
  const errorOf = (...args: string[]) => {
    const output = ['--output', join(folder, 'search')];
    const program = ['--import', 'tsx', 'examples/papers/temperatures.ts', ...output, ...args];
    return promisify(execFile)(process.execPath, program).then(
      () => 'no error',
      ({stderr}) => stderr,
    );
  };

  it('passes its Redis to the search, whose errors it prints in one line', async () => {
    expect(await errorOf('--redis', 'http://127.0.0.1')).toBe(
      'error: search: `redis` must be a URL such as redis://127.0.0.1:6379, got "http:".\n',
    );
  });

  it('requires a thread of its own where no other machine takes part', async () => {
    expect(await errorOf('--workers', '0')).toBe('error: --workers must be >= 1 without --redis, got 0.\n');
  });
});

it('the set-ups of the logic network are compared once each, and their settings say nothing that a set-up says', () => {
  const {configurations, presets} = dlnSetup;
  expect(new Set(configurations.map(keyOfValues)).size).toBe(configurations.length);
  for (const configuration of configurations) {
    expect(Object.keys(configuration)).toEqual(
      expect.arrayContaining(['groupTemperature', 'connections', 'gateInitializer']),
    );
    for (const key of Object.keys(configuration)) expect(presets.paper).not.toHaveProperty(key);
  }
});

describe('pages', () => {
  const bringUpToDate = (pages: string) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/papers/pages.ts', pages]);

  it('hold a table for each set of settings, in the order of the experiment, and the total time', async () => {
    const pages = join(folder, 'pages');
    const [page, runs] = [join(pages, 'page.md'), join(pages, 'data', 'sbn.jsonl')];
    const turned = (values: Result['settings']) => Object.fromEntries(Object.entries(values).reverse());
    const decoupled = {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 0.7};
    const some = {...result(1), history: {val_acc: [0.5], val_loss: [2]}};
    const {settings} = some;
    for (const run of [
      {configuration: {estimator: 'identity'}, settings, seconds: 59},
      {configuration: turned(decoupled), settings: turned(settings), seconds: 91},
      {configuration: decoupled, settings: {...settings, epochs: 3}, seconds: 5400},
    ]) {
      await appendResult(runs, {...some, ...run});
    }
    await writeFile(
      page,
      'Before.\n<!-- runs sbn -->\nold\n<!-- end -->\n<!-- runs sbn epochs=3 -->\n<!-- end -->\nAfter.\n',
    );
    await bringUpToDate(pages);
    const row = (name: string) => `| ${name} | 1 | 50.00 | 50.00 | 2.0000 | 2.0000 |`; // and no column without a figure
    const text = (await readFile(page, 'utf8')).split('\n').filter((line) => !/^$|^\| (conf|---)/.test(line));
    expect(text).toEqual([
      'Before.',
      '<!-- runs sbn -->',
      row('decoupled (0.1, 0.7)'),
      row('identity'),
      'Settings: epochs 2, learningRate 0.001. 2 runs, 2.5 minutes on wasm.',
      row('decoupled (0.1, 0.7)'),
      'Settings: epochs 3, learningRate 0.001. 1 run, 1.5 hours on wasm.',
      '<!-- end -->',
      '<!-- runs sbn epochs=3 -->',
      row('decoupled (0.1, 0.7)'),
      'Settings: epochs 3, learningRate 0.001. 1 run, 1.5 hours on wasm.',
      '<!-- end -->',
      'After.',
    ]);
  });

  it('of docs/results are up to date with the recorded runs', async () => {
    const copy = join(folder, 'results');
    await cp('docs/results', copy, {recursive: true});
    await bringUpToDate(copy);
    for (const page of (await readdir(copy)).filter((name) => name.endsWith('.md'))) {
      expect(await readFile(join(copy, page), 'utf8'), page).toBe(
        await readFile(join('docs/results', page), 'utf8'),
      );
    }
  });
});

describe('a figure', () => {
  it('shows lines, bars and cells', async () => {
    const common = {title: 'Title', xTitle: 'across', yTitle: 'up'};
    const svg = await draw([
      {kind: 'lines', ...common, series: [{name: 'one', points: [{x: 0, y: 1}, {x: 1, y: 2, low: 1, high: 3}]}]},
      {kind: 'bars', ...common, names: ['AND', 'OR'], series: [{name: 'one', values: [1, 2]}]},
      {kind: 'heat', ...common, cells: [{x: 1, y: 1, value: 0.5}, {x: 2, y: 1, value: 0.25}]},
    ]); // biome-ignore format: one panel per line
    for (const text of ['Title', 'across', 'up', 'AND', '0.25']) expect(svg).toContain(`>${text}<`);
    expect(svg).not.toContain('NaN');
  });
});
