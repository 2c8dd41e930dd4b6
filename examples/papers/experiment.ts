import {createHash} from 'node:crypto';
import {realpathSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {Command, InvalidArgumentError, Option} from 'commander';
import {type BackendName, useBackend} from 'tfjs-discrete/node';
import {whole} from '../mnist/numbers.js';
import {
  appendResult,
  dropTornLine,
  type History,
  keyOf,
  type Result,
  readResults,
  type Values,
} from './results.js';
import {estimate, showEstimate} from './statistics.js';
import type {Report} from './training.js';
import {isWorker, type Job, type Outcome, runJobs, serve} from './workers.js';

/** Estimator, temperatures and whatever else is compared. */
export interface Configuration extends Values {
  readonly estimator: string;
}

/** What a discrete layer is given. */
export interface DiscreteArgs {
  readonly estimator?: string;
  readonly temperature?: number;
  readonly forwardTemperature?: number;
  readonly backwardTemperature?: number;
}

/** What all runs of an experiment share, and `--set` changes; `limit` 0 uses all of the data. */
export interface Settings extends Values {
  readonly epochs: number;
  readonly limit: number;
}

/** A figure of a run, for the table. */
export interface Column {
  readonly title: string;
  readonly digits: number;
  readonly of: (history: History) => number;
}

/** One of the papers' experiments. */
export interface Experiment<C extends Configuration, S extends Settings> {
  readonly name: string;
  readonly question: string;
  /** `paper` is the papers' budget, `quick` shows in minutes where it goes. */
  readonly presets: {readonly paper: S & {seeds: number}; readonly quick: S & {seeds: number}};
  /** Further settings that `--set` accepts, at their defaults. They are recorded only where they were set. */
  readonly optional?: Values;
  readonly configurations: readonly C[];
  readonly columns: readonly Column[];
  /** Trains once. `scratch` is a folder of this run's own, where a long one may keep what it has until it is over. */
  run(configuration: C, seed: number, settings: S, report: Report, scratch?: string): Promise<History>;
}

/** The figure of the last epoch. */
export const last = (key: string) => (history: History) => history[key]?.at(-1) ?? Number.NaN;
/** The smallest figure of any epoch. */
export const lowest = (key: string) => (history: History) => Math.min(...(history[key] ?? [Number.NaN]));
/** The largest figure of any epoch. */
export const highest = (key: string) => (history: History) => Math.max(...(history[key] ?? [Number.NaN]));
/** The figure of the epoch at which another was smallest: of a checkpoint that `chooser` chooses. */
export const atLowest = (chooser: string, key: string) => (history: History) =>
  history[key]?.[indexOfLowest(history[chooser] ?? [])] ?? Number.NaN;
const indexOfLowest = (values: readonly number[]) => values.indexOf(Math.min(...values));
/** The first of several figures that a run has. */
export const either =
  (...figures: readonly ((history: History) => number)[]) =>
  (history: History) =>
    figures.map((of) => of(history)).find(Number.isFinite) ?? Number.NaN;
/** A share as percent. */
export const percent = (figure: (history: History) => number) => (history: History) => 100 * figure(history);
/** A figure in thousandths. */
export const thousandfold = (figure: (history: History) => number) => (history: History) =>
  1000 * figure(history);

/** Such as "decoupled (0.1, 0.7)". */
export function labelOf({estimator, forwardTemperature, backwardTemperature, temperature, ...rest}: Values) {
  const temperatures =
    forwardTemperature === undefined ? temperature : `${forwardTemperature}, ${backwardTemperature}`;
  const more = Object.entries(rest).map(([key, value]) => `, ${key} ${value}`);
  return `${estimator}${temperatures === undefined ? '' : ` (${temperatures})`}${more.join('')}`;
}

interface Options {
  preset: 'paper' | 'quick';
  epochs?: number;
  seeds?: number;
  limit?: number;
  set: Record<string, string>;
  only?: string[];
  workers: number;
  backend: BackendName;
  vectors?: '128' | '256';
  output: string;
}

/**
 * Runs an experiment as the command line says, if `module` is the program that was started: every configuration with
 * every seed, each run appended to a file as it ends, runs that are in the file already left out. Prints the table of
 * all that is there.
 *
 * @returns The definition, for programs that import it.
 */
export async function experiment<C extends Configuration, S extends Settings>(
  module: string,
  definition: Experiment<C, S>,
): Promise<Experiment<C, S>> {
  const isProgram = pathToFileURL(realpathSync(process.argv[1]!)).href === module;
  if (isProgram && isWorker()) serve((job, report) => carryOut(definition, job, report));
  else if (isProgram) await runAll(definition);
  return definition;
}

async function runAll<C extends Configuration, S extends Settings>(
  definition: Experiment<C, S>,
): Promise<void> {
  const options = readOptions(definition);
  const {backend} = options;
  const vectors = options.vectors && (Number(options.vectors) as 128 | 256);
  const {seeds, ...preset} = definition.presets[options.preset];
  const settings = override(preset as unknown as S, definition.optional ?? {}, options);
  const chosen = definition.configurations.filter(
    (configuration) => options.only?.some((text) => labelOf(configuration).includes(text)) ?? true,
  );
  const jobs = Array.from({length: options.seeds ?? seeds}, (_, index) => index + 1).flatMap((seed) =>
    chosen.map((configuration): Job => ({configuration, seed, settings, backend, vectors})),
  );
  console.log(`${definition.question}\n${labelOf({estimator: definition.name, ...settings})}`);
  const found = new Set((await readResults(options.output)).map(keyOf));
  const open = jobs.filter((job) => !found.has(keyOf(job)));
  console.log(`${jobs.length} runs, ${jobs.length - open.length} of them in ${options.output}`);
  if (open.length > 0) await dropTornLine(options.output);

  const began = performance.now();
  await runJobs(open, options.workers, {
    progress: ({configuration, seed}, epochs) => {
      const step = process.stdout.isTTY ? 1 : Math.ceil(settings.epochs / 10);
      if (epochs % step > 0) return;
      const minutes = ((performance.now() - began) / 60_000).toFixed(1);
      console.log(
        `  ${minutes} min  ${labelOf(configuration)}, seed ${seed}: epoch ${epochs}/${settings.epochs}`,
      );
    },
    done: async ({configuration, seed}, outcome) => {
      await appendResult(options.output, {
        experiment: definition.name,
        configuration,
        seed,
        settings,
        ...outcome,
      });
      const figures = definition.columns.map(
        ({title, digits, of}) => `${title} ${of(outcome.history).toFixed(digits)}`,
      );
      console.log(`${labelOf(configuration)}, seed ${seed}: ${figures.join(', ')}`);
    },
    failed: ({configuration, seed}, error) => {
      console.error(`${labelOf(configuration)}, seed ${seed} failed: ${error}`);
      process.exitCode = 1;
    },
  });

  const recorded = new Map((await readResults(options.output)).map((result) => [keyOf(result), result]));
  const results = jobs.flatMap((job) => recorded.get(keyOf(job)) ?? []);
  console.log(`\n${tableOf(definition.columns, results)}`);
}

async function carryOut<C extends Configuration, S extends Settings>(
  {run}: Experiment<C, S>,
  {configuration, seed, settings, backend: wanted, vectors}: Job,
  report: Report,
): Promise<Outcome> {
  const {backend} = await useBackend(wanted, {vectors});
  const began = performance.now();
  const name = createHash('sha256').update(keyOf({configuration, seed, settings})).digest('hex').slice(0, 16);
  const scratch = join('runs', 'papers', 'unfinished', name);
  const history = await run(configuration as C, seed, settings as S, report, scratch);
  await rm(scratch, {recursive: true, force: true});
  return {backend, seconds: Math.round((performance.now() - began) / 1000), history};
}

/**
 * Means over seeds with 95 % confidence intervals, as a Markdown table; a dash where a run lacks the figure, and no column for one
 * that all lack.
 */
export function tableOf(all: readonly Column[], results: readonly Result[]): string {
  const columns = all.filter(({of}) => results.some(({history}) => !Number.isNaN(of(history))));
  const labels = [...new Set(results.map(({configuration}) => labelOf(configuration)))];
  const rows = labels.map((label) => {
    const runs = results.filter(({configuration}) => labelOf(configuration) === label);
    return [
      label,
      String(runs.length),
      ...columns.map(({of, digits}) => {
        const figure = estimate(runs.map(({history}) => of(history)));
        return Number.isNaN(figure.mean) ? '–' : showEstimate(figure, digits);
      }),
    ];
  });
  const titles = ['configuration', 'seeds', ...columns.map(({title}) => title)];
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function readOptions({name, question}: {name: string; question: string}): Options {
  return new Command(`node --import tsx examples/papers/${name}.ts`)
    .description(question)
    .addOption(new Option('--preset <name>', 'budget').choices(['paper', 'quick']).default('quick'))
    .option('--epochs <n>', 'instead of the preset’s', whole(1))
    .option('--seeds <n>', 'seeds 1 to n, instead of the preset’s', whole(1))
    .option('--limit <n>', 'use only the first n samples, of the test set too; 0 for all', whole(0))
    .option('--set <key=value>', 'changes another setting; may be repeated', collect, {})
    .option('--only <text...>', 'only configurations whose name contains one of the texts')
    .option('--workers <n>', 'processes that train side by side', whole(1), 1)
    .addOption(
      new Option('--backend <name>').choices(['auto', 'wasm', 'tensorflow', 'webgpu', 'cpu']).default('auto'),
    )
    .addOption(
      new Option(
        '--vectors <bits>',
        'width of vectors on wasm; 256 requires Node 24, with the same results',
      ).choices(['128', '256']),
    )
    .option('--output <file>', 'one line of JSON per run', `runs/papers/${name}.jsonl`)
    .parse()
    .opts<Options>();
}

function collect(text: string, previous: Record<string, string>): Record<string, string> {
  const [key, value] = text.split('=', 2);
  if (!key || value === undefined) throw new InvalidArgumentError('It must be key=value.');
  return {...previous, [key]: value};
}

function override<S extends Values>(preset: S, optional: Values, {epochs, limit, set}: Options): S {
  const known: Values = {...preset, ...optional};
  const changed: Record<string, string | number | boolean> = {...preset};
  if (epochs !== undefined) changed.epochs = epochs;
  if (limit !== undefined) changed.limit = limit;
  for (const [key, text] of Object.entries(set)) {
    const previous = known[key];
    const value =
      typeof previous === 'number' ? Number(text) : typeof previous === 'boolean' ? text === 'true' : text;
    if (previous === undefined || Number.isNaN(value)) {
      throw new Error(`--set: \`${key}\` must be one of ${Object.keys(known).join(', ')}, got ${text}.`);
    }
    changed[key] = value;
  }
  return changed as S;
}
