import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Piscina} from 'piscina';
import {invalid} from '../functional/validate.js';
import {type Executed, type Executor, SetUpError} from './Executor.js';
import type {Json} from './Strategy.js';
import {checkMetrics, type Trial, type TrialFunction, type TrialInput} from './Trial.js';

/** What every trial of a search has in common. */
export interface TrialContext {
  /** The metric that each trial must return. */
  readonly objective: string;
  readonly settings: {readonly [key: string]: Json};
}

/** Runs a function's trials one by one in this thread. */
export function functionExecutor(trial: TrialFunction, context: TrialContext): Executor {
  return {
    capacity: 1,
    run: (one) => timed(async () => trial(inputOf(one, context)), context.objective),
    close: async () => {},
  };
}

/**
 * Runs the default export of a module in worker threads, one trial per thread at a time. A thread that dies, by
 * `process.exit` or for lack of memory, fails its trial and is replaced.
 */
export function threadExecutor(path: string, threads: number, context: TrialContext): Executor {
  const pool = new ThreadPool(path, threads);
  return {
    capacity: threads,
    run: (one) => timed(() => pool.run(inputOf(one, context)), context.objective),
    close: () => pool.close(),
  };
}

/** Threads that call the default export of one module. */
export class ThreadPool {
  private readonly pool: Piscina;

  constructor(
    private readonly path: string,
    threads: number,
  ) {
    this.pool = new Piscina({
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: 60_000,
      // Between trials a thread stays responsive: backends have promises and timers of their own.
      atomics: 'disabled',
    });
  }

  async run(input: TrialInput, signal?: AbortSignal): Promise<unknown> {
    try {
      // The module is named here and not to the pool: one that cannot be loaded is then an error of this call.
      return await this.pool.run(input, {filename: this.path, signal: signal ?? null});
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('No handler function exported')) {
        throw new SetUpError(`search: \`trial\` ${this.path} must have a function as its default export.`);
      }
      if (couldNotBeCloned(error)) {
        throw new Error(
          "The trial's result or error cannot be sent from its worker. Is it an object of numbers?",
        );
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

/** A DataCloneError loses its name on the way: Node 20 sends an empty object, later versions an error with its stack. */
function couldNotBeCloned(error: unknown): boolean {
  if (error instanceof Error)
    return error.message === '' && error.stack?.startsWith('DataCloneError') === true;
  return typeof error === 'object' && Object.keys(error ?? {}).length === 0;
}

export async function timed(run: () => Promise<unknown>, objective: string): Promise<Executed> {
  const began = performance.now();
  const metrics = checkMetrics(await run(), objective);
  return {metrics, seconds: (performance.now() - began) / 1000};
}

export function inputOf({configuration, seed}: Trial, {settings}: TrialContext): TrialInput {
  return {...configuration, seed, settings};
}

/** @throws unless `trial` is a path or file URL of an existing file. */
export function modulePath(owner: string, trial: URL | string): string {
  const text = String(trial);
  const path = text.startsWith('file:') ? fileURLToPath(text) : resolve(text);
  if (existsSync(path)) return path;
  throw invalid(owner, 'trial', 'an existing module', path);
}
