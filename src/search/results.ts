import {invalid} from '../functional/validate.js';
import {type Definition, objectiveOf, withCurrentNames} from './definition.js';
import type {Journal} from './Journal.js';
import {type Configuration, lowest, type Strategy} from './Strategy.js';
import {createTrial, type Metrics, mapValues, type Trial} from './Trial.js';

/** How one trial ended. */
export interface TrialRow extends Configuration {
  /** Names configuration and seed. */
  readonly id: string;
  /** The seed of this trial. */
  readonly seed: number;
  /** `failed` where every attempt failed. */
  readonly status: 'done' | 'failed';
  /** Empty for a failed trial. */
  readonly metrics: Metrics;
  /** Messages of failed attempts, the earliest first; a trial that is done may have some, too. */
  readonly errors: readonly string[];
}

/** Over the seeds. */
export interface Statistic {
  /** Arithmetic mean. */
  readonly mean: number;
  /** Of the sample (n - 1); 0 for a single seed. */
  readonly standardDeviation: number;
}

/** What became of a configuration. */
export interface ConfigurationRow extends Configuration {
  /** `failed` where a seed failed. */
  readonly status: 'done' | 'failed';
  /** Seeds that ended well; the statistics are theirs. */
  readonly seeds: number;
  /** Seeds of which every attempt failed. One is enough to keep the configuration from being the best. */
  readonly failed: number;
  /** Mean and spread of each metric over the seeds. */
  readonly metrics: Readonly<Record<string, Statistic>>;
}

/** A finished search. The same for the same trials, whatever the order in which they ended. */
export interface SearchResult {
  /** What was searched. */
  readonly definition: Definition;
  /** With the best mean; undefined if every configuration failed or ended in NaN. */
  readonly best: ConfigurationRow | undefined;
  /** In the strategy's order. */
  readonly configurations: readonly ConfigurationRow[];
  /** By configuration, then by seed, as the strategy and `seeds` name them. */
  readonly trials: readonly TrialRow[];
}

/** What the journal says of each trial that is called for. */
export class Progress {
  private readonly known = new WeakMap<Configuration, Trial[]>();

  constructor(
    readonly strategy: Strategy,
    readonly definition: Definition,
    private readonly journal: Pick<Journal, 'results' | 'errors' | 'failures'>,
    private readonly retries: number,
  ) {}

  /** The trials called for by now, in the table's order. */
  trials(): Trial[] {
    return this.configurations().flatMap((configuration) => this.trialsOf(configuration));
  }

  isSettled({id}: Trial): boolean {
    return this.journal.results.has(id) || this.journal.failures(id) > this.retries;
  }

  /** @see Score */
  readonly score = (configuration: Configuration): number | undefined => {
    const trials = this.trialsOf(configuration);
    if (!trials.every((trial) => this.isSettled(trial))) return undefined;
    return this.scoreOf(this.row(configuration));
  };

  configurations(): readonly Configuration[] {
    return this.strategy.plan(this.score);
  }

  /** The best of the configurations of which all seeds are in. */
  best(): ConfigurationRow | undefined {
    const rows = this.configurations()
      .filter((configuration) => this.score(configuration) !== undefined)
      .map((configuration) => this.row(configuration));
    return lowest(rows, (row) => this.scoreOf(row));
  }

  result(): SearchResult {
    const configurations = this.configurations().map((configuration) => this.row(configuration));
    return {
      definition: this.definition,
      best: lowest(configurations, (row) => this.scoreOf(row)),
      configurations,
      trials: this.trials().map((trial) => this.trialRow(trial)),
    };
  }

  private scoreOf({status, metrics}: ConfigurationRow): number {
    const {name, sign} = objectiveOf(this.definition);
    const mean = metrics[name]?.mean ?? Number.NaN;
    return status === 'failed' || Number.isNaN(mean) ? Number.POSITIVE_INFINITY : sign * mean;
  }

  private trialsOf(configuration: Configuration): Trial[] {
    let trials = this.known.get(configuration);
    if (trials === undefined) {
      trials = this.definition.seeds.map((seed) => createTrial(configuration, seed));
      this.known.set(configuration, trials);
    }
    return trials;
  }

  private row(configuration: Configuration): ConfigurationRow {
    const trials = this.trialsOf(configuration);
    const metrics = trials.map(({id}) => this.journal.results.get(id)).filter((one) => one !== undefined);
    const failed = trials.length - metrics.length;
    return {
      ...configuration,
      status: failed > 0 ? 'failed' : 'done',
      seeds: metrics.length,
      failed,
      metrics: Object.fromEntries(
        metricNames(metrics).map((name) => [name, statistic(metrics.map((one) => one[name] ?? Number.NaN))]),
      ),
    };
  }

  private trialRow({id, configuration, seed}: Trial): TrialRow {
    const metrics = this.journal.results.get(id);
    return {
      id,
      ...configuration,
      seed,
      status: metrics === undefined ? 'failed' : 'done',
      metrics: metrics ?? {},
      errors: this.journal.errors.get(id) ?? [],
    };
  }
}

/** In order of first appearance. */
export function metricNames(metrics: readonly object[]): string[] {
  return [...new Set(metrics.flatMap((one) => Object.keys(one)))];
}

/** In the order given, so that the last digit, too, is always the same. */
function statistic(values: readonly number[]): Statistic {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {mean, standardDeviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : squares};
}

/**
 * The result as JSON; numbers that JSON cannot hold become "NaN", "Infinity" and "-Infinity".
 * @example
 * import {writeFile} from 'node:fs/promises';
 *
 * const result = await search({
 *   trial: async ({forwardTemperature}) => ({loss: (forwardTemperature - 0.5) ** 2}),
 *   strategy: diagonal({temperature: [0.3, 0.5, 0.7]}),
 *   minimize: 'loss',
 * });
 * await writeFile('result.json', toJson(result));
 */
export function toJson(result: SearchResult): string {
  checkResult('toJson', result);
  const number = (_key: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify({...result, best: result.best ?? null}, number, 2)}\n`;
}

/**
 * Reads back what `toJson` has written.
 *
 * @throws unless `text` is what `toJson` has written.
 * @example
 * import {readFile} from 'node:fs/promises';
 *
 * const {best} = fromJson(await readFile('result.json', 'utf8'));
 */
export function fromJson(text: string): SearchResult {
  const parsed = parseJson(text);
  if (!isResult(parsed)) throw invalid('fromJson', 'text', 'what `toJson` has written', text);
  const {definition, best, configurations, trials} = parsed;
  const revive = (row: ConfigurationRow): ConfigurationRow => ({
    ...row,
    metrics: mapValues(row.metrics, (one) => mapValues({...one}, Number) as unknown as Statistic),
  });
  return {
    definition: withCurrentNames(definition),
    best: best == null ? undefined : revive(best),
    configurations: configurations.map(revive),
    trials: trials.map((row) => ({...row, metrics: mapValues(row.metrics, Number)})),
  };
}

/**
 * One line per trial: temperatures, learning rate, seed, status, metrics, number of failed attempts and the last error. Comma-separated as in RFC 4180, with line feeds; a number is written so that it reads back exactly.
 * @example
 * import {readFile, writeFile} from 'node:fs/promises';
 *
 * const result = fromJson(await readFile('result.json', 'utf8'));
 * await writeFile('trials.csv', trialsToCsv(result));
 */
export function trialsToCsv(result: SearchResult): string {
  checkResult('trialsToCsv', result);
  const {trials} = result;
  const names = metricNames(trials.map(({metrics}) => metrics));
  return csv(
    [...COORDINATES, 'seed', 'status', ...names, 'failedAttempts', 'lastError'],
    trials.map((row) => [
      ...coordinates(row),
      row.seed,
      row.status,
      ...names.map((name) => row.metrics[name]),
      row.errors.length,
      row.errors.at(-1),
    ]),
  );
}

/**
 * One line per configuration: temperatures, learning rate, status, seeds, and mean and spread of each metric.
 * @example
 * import {readFile, writeFile} from 'node:fs/promises';
 *
 * const result = fromJson(await readFile('result.json', 'utf8'));
 * await writeFile('configurations.csv', configurationsToCsv(result));
 */
export function configurationsToCsv(result: SearchResult): string {
  checkResult('configurationsToCsv', result);
  const {configurations} = result;
  const names = metricNames(configurations.map(({metrics}) => metrics));
  return csv(
    [
      ...COORDINATES,
      'status',
      'seeds',
      'failed',
      ...names.flatMap((name) => [`${name}/mean`, `${name}/standardDeviation`]),
    ],
    configurations.map((row) => [
      ...coordinates(row),
      row.status,
      row.seeds,
      row.failed,
      ...names.flatMap((name) => [row.metrics[name]?.mean, row.metrics[name]?.standardDeviation]),
    ]),
  );
}

const COORDINATES = ['forwardTemperature', 'backwardTemperature', 'learningRate'];

function coordinates({forwardTemperature, backwardTemperature, learningRate}: Configuration): Cell[] {
  return [forwardTemperature, backwardTemperature, learningRate];
}

type Cell = string | number | undefined;

function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(quote).join(',')}\n`).join('');
}

function quote(cell: Cell): string {
  const text = cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @throws unless `result` is what `search` returns. */
export function checkResult(owner: string, result: unknown): void {
  if (!isResult(result)) throw invalid(owner, 'result', 'what `await search(...)` returns', result);
}

function isResult(value: unknown): value is SearchResult {
  const {definition, configurations, trials} = (value ?? {}) as Partial<SearchResult>;
  return definition?.strategy !== undefined && Array.isArray(configurations) && Array.isArray(trials);
}

/** Undefined where `text` is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
