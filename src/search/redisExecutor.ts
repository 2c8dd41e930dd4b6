import type {Executed, Executor} from './Executor.js';
import {inputOf, type TrialContext} from './localExecutors.js';
import {
  Complaints,
  closed,
  type Job,
  loadBullMq,
  openQueue,
  type RedisArgs,
  redisAddress,
} from './redisQueue.js';
import {decodeMetrics, type Trial} from './Trial.js';
import {type SearchWorker, startSearchWorker} from './worker.js';

/** Interval for polling jobs whose event was missed. */
const POLL_MILLISECONDS = 5_000;

interface Waiting {
  readonly job: Job;
  readonly resolve: (executed: Executed) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Adds trials to the queue as jobs and waits for the workers' results in Redis.
 *
 * A job's name identifies search, trial and attempt, and Redis accepts each name once. So a search that was killed and restarted
 * finds its jobs as they were: waiting, running, or done with a result. A job is removed from Redis once the journal holds its
 * result. Jobs lost by a Redis without persistence are added again.
 *
 * @param search Distinguishes this search's jobs from others in the same queue.
 * @param own Threads of this process that run trials, too.
 */
export async function redisExecutor(
  redis: string | URL | RedisArgs,
  search: string,
  context: TrialContext,
  own?: {path: string; threads: number},
): Promise<Executor> {
  const address = redisAddress('search', redis);
  const complaints = new Complaints('search');
  const queue = await openQueue('search', address, complaints);
  const {QueueEvents} = await loadBullMq();
  const events = new QueueEvents(address.queue, {connection: address.connection});
  events.on('error', complaints.note);
  const waiting = new Map<string, Waiting>();
  let worker: SearchWorker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const close = async () => {
    isClosed = true;
    complaints.stop();
    clearTimeout(timer);
    waiting.clear();
    await closed(worker?.kill(), queue.close(), events.close());
  };

  const submit = (name: string, job: Job) => queue.add('trial', job, {jobId: name, attempts: 1});

  /** Settles a job that has ended; resubmits it if Redis has lost it. */
  const check = async (name: string): Promise<void> => {
    const found = waiting.get(name);
    if (found === undefined) return;
    const state = await queue.getJobState(name);
    if (!waiting.has(name)) return;
    if (state === 'unknown') {
      await submit(name, found.job);
    } else if (state === 'completed' || state === 'failed') {
      const job = await queue.getJob(name);
      if (job === undefined || !waiting.delete(name)) return;
      if (state === 'failed') found.reject(new Error(job.failedReason));
      else found.resolve({metrics: decodeMetrics(job.returnvalue.metrics), seconds: job.returnvalue.seconds});
    }
  };
  const checkQuietly = (name: string) => check(name).catch(complaints.note);
  const poll = async () => {
    for (const name of [...waiting.keys()]) {
      if (isClosed) return;
      await checkQuietly(name);
    }
    timer = setTimeout(poll, POLL_MILLISECONDS);
  };

  try {
    await events.waitUntilReady();
    if (own !== undefined) {
      worker = await startSearchWorker({redis, trial: own.path, workers: own.threads});
      // The module turned out unable to run trials.
      worker.stopped.catch((error: Error) => {
        for (const {reject} of waiting.values()) reject(error);
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  events.on('completed', ({jobId}) => checkQuietly(jobId));
  events.on('failed', ({jobId}) => checkQuietly(jobId));
  timer = setTimeout(poll, POLL_MILLISECONDS);

  const nameOf = ({id}: Trial, attempt: number) => `${search}/${id}/attempt=${attempt}`;
  return {
    capacity: Number.POSITIVE_INFINITY,
    run(trial, attempt) {
      const name = nameOf(trial, attempt);
      const job = {trial: trial.id, input: inputOf(trial, context), objective: context.objective};
      return new Promise((resolve, reject) => {
        waiting.set(name, {job, resolve, reject});
        // One that was handed in before, and has ended since, makes no event any more.
        submit(name, job)
          .then(() => check(name))
          .catch(complaints.note);
      });
    },
    async forget(trial, attempt) {
      await queue.remove(nameOf(trial, attempt)).catch(complaints.note);
    },
    close,
  };
}
