import {hostname} from 'node:os';
import {checkOptions} from '../functional/checkOptions.js';
import {positive, wholeNumber} from '../functional/validate.js';
import {messageOf, SetUpError} from './Executor.js';
import {modulePath, ThreadPool, timed} from './localExecutors.js';
import {
  Complaints,
  closed,
  type Job,
  type JobResult,
  loadBullMq,
  openQueue,
  type RedisArgs,
  redisAddress,
} from './redisQueue.js';
import {encodeMetrics} from './Trial.js';

/** Arguments of `startSearchWorker`. */
export interface SearchWorkerArgs {
  /** The same Redis, and queue, as the search's. */
  readonly redis: string | URL | RedisArgs;
  /** Path or file URL of the module whose default export runs a trial. */
  readonly trial: URL | string;
  /** Trials at a time, one thread each. Default 1. */
  readonly workers?: number;
  /**
   * How long a worker's lock on a trial lasts, in seconds; it is renewed at half that time. When a worker dies, others take over
   * its trials after about this long. Default 30.
   */
  readonly lockSeconds?: number;
  /** Called after every trial of this process. */
  readonly onTrial?: (trial: string, outcome: {seconds: number} | {error: string}) => void;
}

/** A running worker. */
export interface SearchWorker {
  /** Settles when the worker has stopped for good. @throws if `trial` turns out to be no function. */
  readonly stopped: Promise<void>;
  /** Takes no new trial, and waits for those that run. */
  stop(): Promise<void>;
  /** Stops at once; the trials that run are started again elsewhere. */
  kill(): Promise<void>;
}

/** How many workers may die during one attempt before it counts as failed. */
const DEATHS_PER_ATTEMPT = 10;

/**
 * Runs trials of all searches that share the queue, until it is stopped.
 *
 * A lock in Redis assigns each trial to one worker at a time; this thread renews it while worker threads compute. If a worker
 * dies, is disconnected or sleeps for longer than the lock lasts, another worker starts the trial again; if the first one returns, its
 * trial is cancelled and its result rejected. A result that Redis has accepted is final.
 *
 * @throws if an option makes no sense or Redis does not answer.
 * @example
 * const worker = await startSearchWorker({
 *   redis: 'redis://127.0.0.1:6379',
 *   trial: new URL('./trial.js', import.meta.url),
 * });
 * await worker.stopped;
 */
export async function startSearchWorker(
  args: SearchWorkerArgs = {} as SearchWorkerArgs,
): Promise<SearchWorker> {
  const owner = 'startSearchWorker';
  checkOptions(owner, args, ['redis', 'trial', 'workers', 'lockSeconds', 'onTrial']);
  const workers = wholeNumber(owner, 'workers', args.workers ?? 1, 1);
  const lockDuration = 1000 * positive(owner, 'lockSeconds', args.lockSeconds ?? 30);
  const path = modulePath(owner, args.trial);
  const address = redisAddress(owner, args.redis);
  const complaints = new Complaints(owner);
  await closed((await openQueue(owner, address, complaints)).close());
  const {Worker} = await loadBullMq();
  const pool = new ThreadPool(path, workers);

  let ended!: {resolve: () => void; reject: (error: Error) => void};
  const stopped = new Promise<void>((resolve, reject) => {
    ended = {resolve, reject};
  });
  stopped.catch(() => {}); // Whoever cares waits for it.
  let closing: Promise<void> | undefined;
  const end = (force: boolean, fault?: Error) => {
    closing ??= (async () => {
      if (force) complaints.stop();
      if (force) await closed(worker.close(true));
      else await worker.close();
      await pool.close();
      if (fault === undefined) ended.resolve();
      else ended.reject(fault);
    })();
    return closing;
  };

  const worker = new Worker<Job, JobResult>(
    address.queue,
    // BullMQ hands out a signal only to functions with three parameters.
    async ({data}, _token, signal) => {
      try {
        const {metrics, seconds} = await timed(() => pool.run(data.input, signal), data.objective);
        return {metrics: encodeMetrics(metrics), seconds};
      } catch (error) {
        if (error instanceof SetUpError) {
          // Not the trial's fault: it waits for a worker that is set up well.
          end(true, error);
          await new Promise(() => {});
        }
        throw new Error(messageOf(error));
      }
    },
    {
      connection: address.connection,
      autorun: false,
      name: `${hostname()}/${process.pid}`,
      concurrency: workers,
      lockDuration,
      stalledInterval: lockDuration / 2,
      maxStalledCount: DEATHS_PER_ATTEMPT,
    },
  );
  worker.on('completed', ({data}, {seconds}) => args.onTrial?.(data.trial, {seconds}));
  worker.on('failed', (job, {message}) => job && args.onTrial?.(job.data.trial, {error: message}));
  worker.on('error', complaints.note);
  worker.on('lockRenewalFailed', (names) => {
    for (const name of names) worker.cancelJob(name, 'another worker has taken over');
  });
  worker.run().catch(complaints.note);
  return {
    stopped,
    stop: () => end(false),
    kill: () => end(true),
  };
}
