import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid, trueOrFalse, wholeNumber} from '../functional/validate.js';
import {type DefinitionArgs, define, objectiveOf} from './definition.js';
import {type Executor, messageOf, SetUpError} from './Executor.js';
import {loadVega} from './figures/chart.js';
import {writeHParams} from './hparams.js';
import {Journal} from './Journal.js';
import {functionExecutor, modulePath, type TrialContext, threadExecutor} from './localExecutors.js';
import {progressBar, progressLines, type Reporter, type SearchProgress} from './progressBar.js';
import {redisExecutor} from './redisExecutor.js';
import {type RedisArgs, redisAddress} from './redisQueue.js';
import {Progress, type SearchResult} from './results.js';
import type {Trial, TrialFunction} from './Trial.js';
import {writeOutput} from './writeOutput.js';

/** Arguments of `search`. */
export interface SearchArgs extends DefinitionArgs {
  /**
   * What runs a trial. A path or file URL of a module: its default export, called in worker threads. A function:
   * called in this thread, one trial at a time. With `redis`, a module in which this process takes part, or nothing
   * if it only hands out trials.
   */
  readonly trial?: URL | string | TrialFunction;
  /** The configurations to try: `grid`, `sequential`, `diagonal`, or your own. */
  readonly strategy: DefinitionArgs['strategy'];
  /** Each configuration is tried with each of them. Default [1]. */
  readonly seeds?: readonly number[];
  /** The metric whose mean over the seeds is to be small. */
  readonly minimize?: string;
  /** The metric whose mean over the seeds is to be large; in place of `minimize`. */
  readonly maximize?: string;
  /** Plain JSON handed to every trial, and part of what makes a search this one: epochs, data set and the like. */
  readonly settings?: {readonly [key: string]: unknown};
  /** File that remembers every trial, and from which the same search continues. Default: none, nothing is kept. */
  readonly journal?: string;
  /** Whether to continue a journal although the module of `trial` was edited since. Default false: that is an error. */
  readonly acceptEditedTrial?: boolean;
  /**
   * Folder for the outcome: `result.json`, `trials.csv`, `configurations.csv`, `linePlot.svg` and, where both
   * temperatures vary, `heatMap.svg`. The figures need the package vega, which is looked for before the first trial.
   */
  readonly output?: string;
  /** A new or empty folder to write the outcome to for TensorBoard's HParams dashboard; see `writeHParams`. */
  readonly tensorBoard?: string;
  /** Worker threads. Default: as many as this machine runs at once; 1 for a function. */
  readonly workers?: number;
  /** How often a failed trial is repeated before it is recorded as failed. Default 1. */
  readonly retries?: number;
  /**
   * `true` (default): on stderr a bar, or lines where stderr is not a terminal; a trial's failure is reported at once, and
   * leaves `process.exitCode = 1`. `false`: nothing. A function is called after every trial.
   */
  readonly progress?: boolean | ((progress: SearchProgress) => void);
  /** Shares the trials out over a Redis, to any number of machines that run `tfjs-discrete-search-worker`. */
  readonly redis?: string | URL | RedisArgs;
  /** Ends the search early: it throws the signal's reason, and the journal keeps what is there. */
  readonly signal?: AbortSignal;
}

const OPTIONS = [
  'trial',
  'strategy',
  'seeds',
  'minimize',
  'maximize',
  'settings',
  'journal',
  'acceptEditedTrial',
  'output',
  'tensorBoard',
  'workers',
  'retries',
  'progress',
  'redis',
  'signal',
] as const satisfies readonly (keyof SearchArgs)[];

/**
 * Searches for the best temperatures and learning rate.
 *
 * The result depends on the trials' results alone. A search that was killed and is restarted with the same journal runs only
 * trials without a recorded result, and returns the same table. A trial whose attempts have all failed stays failed; raise `retries`
 * to run it again.
 *
 * @returns The table; see `toJson`, `trialsToCsv`, `configurationsToCsv`, `heatMap` and `linePlot`.
 * @throws If an option is unknown or invalid, if the journal belongs to another search, is in use or cannot be written,
 *   if `trial` was edited since the journal began, or if `trial` is not a function. An error in a trial does not end the search.
 * @example
 * import {writeFile} from 'node:fs/promises';
 *
 * const result = await search({
 *   trial: new URL('./trial.js', import.meta.url), // export default async ({forwardTemperature, ...}) => ({valLoss})
 *   strategy: grid({forwardTemperature: range(0, 2, 0.1), backwardTemperature: range(0.1, 1.9, 0.2), learningRate: [1e-3]}),
 *   seeds: [1, 2, 3],
 *   minimize: 'valLoss',
 *   journal: 'runs/search.jsonl', // run again after a crash, and it continues from here
 * });
 * await writeFile('heatMap.svg', await heatMap(result));
 */
export async function search(args: SearchArgs = {} as SearchArgs): Promise<SearchResult> {
  checkOptions('search', args, OPTIONS);
  const definition = define(args);
  const {strategy, journal: path, signal, output} = args;
  for (const field of ['journal', 'output', 'tensorBoard'] as const) {
    const path = args[field];
    if (path === undefined || (typeof path === 'string' && path !== '')) continue;
    throw invalid('search', field, 'a path', path);
  }
  if (!['boolean', 'function', 'undefined'].includes(typeof args.progress)) {
    throw invalid('search', 'progress', 'true, false or a function', args.progress);
  }
  if (args.acceptEditedTrial !== undefined) {
    trueOrFalse('search', 'acceptEditedTrial', args.acceptEditedTrial);
  }
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    throw invalid('search', 'signal', 'an AbortSignal, such as `new AbortController().signal`', signal);
  }
  const retries = wholeNumber('search', 'retries', args.retries ?? 1, 0);
  const createExecutor = chooseExecutor(args, {
    objective: objectiveOf(definition).name,
    settings: definition.settings,
  });
  signal?.throwIfAborted();

  if (output !== undefined) await loadVega();
  if (args.tensorBoard !== undefined) await mustBeEmpty(args.tensorBoard);
  const journal =
    path === undefined
      ? Journal.inMemory()
      : await Journal.open(path, definition, await hashOf(args.trial), args.acceptEditedTrial);
  try {
    const progress = new Progress(strategy, definition, journal, retries);
    const executor = await createExecutor(journal.search);
    const reporter = createReporter(args.progress, progress);
    try {
      await runTrials({progress, journal, executor, reporter, signal});
    } finally {
      reporter.stop();
      await executor.close();
    }
    const result = progress.result();
    if (output !== undefined) await writeOutput(output, result);
    if (args.tensorBoard !== undefined) writeHParams(result, args.tensorBoard);
    if ((args.progress ?? true) === true && result.trials.some(({status}) => status === 'failed')) {
      process.exitCode ||= 1;
    }
    return result;
  } finally {
    await journal.close();
  }
}

/** Checks the options at once; what is returned starts threads and connections. */
function chooseExecutor(
  {trial, workers, redis}: SearchArgs,
  context: TrialContext,
): (search: string) => Promise<Executor> {
  if (typeof trial === 'function') {
    if (redis !== undefined) throw invalid('search', 'trial', 'a module if `redis` is given', 'a function');
    if (wholeNumber('search', 'workers', workers ?? 1, 1) === 1)
      return async () => functionExecutor(trial, context);
    throw invalid('search', 'workers', '1 if `trial` is a function: threads can only load a module', workers);
  }
  if (trial !== undefined && typeof trial !== 'string' && !(trial instanceof URL)) {
    throw invalid('search', 'trial', 'a path, a file URL or a function', trial);
  }
  const threads = wholeNumber('search', 'workers', workers ?? availableParallelism(), 1);
  if (redis !== undefined) {
    redisAddress('search', redis);
    const own = trial === undefined ? undefined : {path: modulePath('search', trial), threads};
    if (own === undefined && workers !== undefined) {
      throw invalid('search', 'workers', 'left out if there is no `trial` for them', workers);
    }
    return (search) => redisExecutor(redis, search, context, own);
  }
  if (trial === undefined) throw invalid('search', 'trial', 'a path, a file URL or a function', trial);
  const path = modulePath('search', trial);
  return async () => threadExecutor(path, threads, context);
}

/** @throws if the folder is there and holds anything: runs of another search would mix with this one's. */
async function mustBeEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw invalid('search', 'tensorBoard', `a folder (${error.code})`, folder);
  });
  if (names.length > 0) throw invalid('search', 'tensorBoard', 'a new or empty folder', folder);
}

/** SHA-256 of the trial's module; undefined for a function. */
async function hashOf(trial: SearchArgs['trial']): Promise<string | undefined> {
  if (trial === undefined || typeof trial === 'function') return undefined;
  return createHash('sha256')
    .update(await readFile(modulePath('search', trial)))
    .digest('hex');
}

function createReporter(wanted: SearchArgs['progress'], progress: Progress): Reporter {
  const silent = {report: () => {}, failed: () => {}, stop: () => {}};
  if (wanted === false) return silent;
  if (typeof wanted === 'function') return {...silent, report: wanted};
  return process.stderr.isTTY ? progressBar(progress) : progressLines(progress);
}

interface Running {
  readonly progress: Progress;
  readonly journal: Journal;
  readonly executor: Executor;
  readonly reporter: Reporter;
  readonly signal: AbortSignal | undefined;
}

/** Keeps the executor busy until the strategy calls for nothing that is not settled. */
async function runTrials({progress, journal, executor, reporter, signal}: Running): Promise<void> {
  await forgetSettled(progress, journal, executor);
  const {seeds} = progress.definition;
  const total = progress.strategy.size * seeds.length;
  const report = () => {
    const settled = progress.trials().filter((trial) => progress.isSettled(trial));
    const failed = settled.filter(({id}) => !journal.results.has(id)).length;
    reporter.report({settled: settled.length, failed, total, best: progress.best()});
  };
  report();

  let abort = () => {};
  await new Promise<void>((resolve, reject) => {
    const running = new Set<string>();
    let waiting: Trial[] = [];
    let ended = false;
    const end = (reason: unknown) => {
      ended = true;
      reject(reason);
    };
    const fill = () => {
      // A new plan is asked for when the last one is used up; it names all that is called for by then.
      waiting = waiting.length > 0 ? waiting : openTrials(progress, running);
      while (waiting.length > 0 && running.size < executor.capacity) start(waiting.shift()!);
      if (running.size === 0) resolve();
    };
    const start = (trial: Trial) => {
      running.add(trial.id);
      runTrial(trial, {progress, journal, executor, reporter}, () => ended)
        .then(() => {
          if (ended) return;
          running.delete(trial.id);
          report();
          fill();
        })
        .catch(end);
    };
    abort = () => end(signal?.reason);
    signal?.addEventListener('abort', abort, {once: true});
    if (signal?.aborted) abort();
    else fill();
  }).finally(() => signal?.removeEventListener('abort', abort));
}

function openTrials(progress: Progress, running: ReadonlySet<string>): Trial[] {
  return progress.trials().filter((trial) => !running.has(trial.id) && !progress.isSettled(trial));
}

/**
 * Runs attempts until the trial has a result or has failed too often, and records either in the journal.
 *
 * @param isEnded Whether the search has ended meanwhile. Then threads are stopped, which is not the trial's failure.
 */
async function runTrial(
  trial: Trial,
  {progress, journal, executor, reporter}: Omit<Running, 'signal'>,
  isEnded: () => boolean,
): Promise<void> {
  while (!progress.isSettled(trial)) {
    const attempt = journal.failures(trial.id) + 1;
    const outcome = await executor.run(trial, attempt).catch((error: unknown) => {
      if (error instanceof SetUpError) throw error;
      return {error: messageOf(error)};
    });
    if (isEnded()) return;
    if ('error' in outcome) {
      await journal.recordError(trial.id, attempt, outcome.error);
      reporter.failed(trial.id, attempt, outcome.error);
    } else await journal.recordResult(trial.id, outcome.metrics, outcome.seconds);
    await executor.forget?.(trial, attempt);
  }
}

/** Removes jobs whose results an earlier process recorded but may not have removed before it died. */
async function forgetSettled(progress: Progress, journal: Journal, executor: Executor): Promise<void> {
  if (executor.forget === undefined) return;
  for (const trial of progress.trials()) {
    const attempts = journal.failures(trial.id) + (journal.results.has(trial.id) ? 1 : 0);
    for (let attempt = 1; attempt <= attempts; attempt++) await executor.forget(trial, attempt);
  }
}
