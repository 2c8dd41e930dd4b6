import {setTimeout} from 'node:timers/promises';
import type {ConnectionOptions} from 'bullmq';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid} from '../functional/validate.js';
import {SetUpError} from './Executor.js';
import type {EncodedMetrics, TrialInput} from './Trial.js';

/** Where a search's trials wait for workers. */
export interface RedisArgs {
  /** `redis://…` or `rediss://…`. The server must not evict keys (`maxmemory-policy noeviction`, its default). */
  readonly url: string | URL;
  /** Workers take trials from the queue of this name. Default 'tfjs-discrete-search'. */
  readonly queue?: string;
}

/** A job: one attempt at one trial. */
export interface Job {
  /** The trial's id. */
  readonly trial: string;
  readonly input: TrialInput;
  /** The metric that the trial must return. */
  readonly objective: string;
}

/** What a worker leaves in Redis. */
export interface JobResult {
  readonly metrics: EncodedMetrics;
  readonly seconds: number;
}

export interface Address {
  readonly connection: ConnectionOptions;
  readonly queue: string;
  /** For messages: without user and password. */
  readonly shown: string;
}

const CONNECT_MILLISECONDS = 10_000;
const CLOSE_MILLISECONDS = 3_000;

/** @throws unless the URL is one of a Redis, and the queue has a name that BullMQ takes. */
export function redisAddress(owner: string, redis: string | URL | RedisArgs): Address {
  if (typeof redis !== 'string' && !(redis instanceof URL)) checkOptions(owner, redis, ['url', 'queue']);
  const {url, queue = 'tfjs-discrete-search'} =
    typeof redis === 'string' || redis instanceof URL
      ? {url: redis}
      : (redis ?? {url: undefined as unknown as string});
  const parsed = parseUrl(String(url));
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol)) {
    throw invalid(
      owner,
      'redis',
      'a URL such as redis://127.0.0.1:6379',
      parsed?.protocol ?? (url && String(url)),
    );
  }
  if (typeof queue !== 'string' || queue === '' || queue.includes(':')) {
    throw invalid(owner, 'queue', 'a name without colon', queue);
  }
  return {
    connection: {url: String(url), maxRetriesPerRequest: null},
    queue,
    shown: `${parsed.protocol}//${parsed.host}`,
  };
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** BullMQ, which brings Lua scripts and a client for Redis; loaded only when used. */
export async function loadBullMq(): Promise<typeof import('bullmq')> {
  try {
    return await import('bullmq');
  } catch (error) {
    throw new SetUpError('search: `redis` needs two more packages: npm install bullmq ioredis', {
      cause: error,
    });
  }
}

/**
 * Opens the queue.
 *
 * @throws if Redis does not answer in ten seconds; after that, connections are retried forever.
 */
export async function openQueue(owner: string, address: Address, complaints: Complaints): Promise<OpenQueue> {
  const {Queue} = await loadBullMq();
  const queue = new Queue<Job, JobResult>(address.queue, {connection: address.connection});
  queue.on('error', complaints.note);
  const isReady = await inTime(
    queue.waitUntilReady().then(() => true),
    CONNECT_MILLISECONDS,
  );
  if (isReady) return queue;
  await queue.close();
  const got = complaints.last === undefined ? address.shown : `${address.shown} (${complaints.last})`;
  throw new SetUpError(invalid(owner, 'redis', 'a server that answers', got).message);
}

export type OpenQueue = import('bullmq').Queue<Job, JobResult>;

/** Waits for goodbyes to Redis, but not for one that does not listen any more. */
export async function closed(...goodbyes: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  await inTime(Promise.allSettled(goodbyes), CLOSE_MILLISECONDS);
}

async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const controller = new AbortController();
  const late = setTimeout(milliseconds, undefined, {signal: controller.signal}).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    controller.abort();
  }
}

/** Prints connection errors, each once until it changes. */
export class Complaints {
  last: string | undefined;
  private isQuiet = false;

  constructor(private readonly who: string) {}

  readonly note = (error: Error & {code?: string}): void => {
    const message = error.message || error.code || error.name;
    if (message !== this.last && !this.isQuiet) console.error(`${this.who}: ${message}`);
    this.last = message;
  };

  /** After closing, connection errors are expected and not printed. */
  stop(): void {
    this.isQuiet = true;
  }
}
