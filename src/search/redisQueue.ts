import type {ConnectionOptions} from 'bullmq';
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

/** @throws unless the URL is one of a Redis, and the queue has a name that BullMQ takes. */
export function redisAddress(owner: string, redis: string | URL | RedisArgs): Address {
  const {url, queue = 'tfjs-discrete-search'} =
    typeof redis === 'string' || redis instanceof URL ? {url: redis} : redis;
  const parsed = parseUrl(String(url));
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol)) {
    throw invalid(owner, 'redis', 'a URL such as redis://127.0.0.1:6379', parsed?.protocol ?? String(url));
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

/** BullMQ, which brings Lua scripts and a client for Redis; loaded for those who ask for it. */
export async function loadBullMq(): Promise<typeof import('bullmq')> {
  try {
    return await import('bullmq');
  } catch (error) {
    throw new SetUpError('search: `redis` needs two more packages: npm install bullmq ioredis', {
      cause: error,
    });
  }
}

/** @throws if Redis does not answer in ten seconds; after that, connections are restored without end. */
export async function connected(
  owner: string,
  {shown}: Address,
  connection: {waitUntilReady(): Promise<unknown>},
  lastError: () => string | undefined,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const reason = lastError();
      const got = reason === undefined ? shown : `${shown} (${reason})`;
      reject(new SetUpError(invalid(owner, 'redis', 'a server that answers', got).message));
    }, CONNECT_MILLISECONDS);
  });
  try {
    await Promise.race([connection.waitUntilReady(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tells a person of trouble with the connection, once until it changes. */
export class Complaints {
  last: string | undefined;

  constructor(private readonly who: string) {}

  readonly note = (error: Error & {code?: string}): void => {
    const message = error.message || error.code || error.name;
    if (message !== this.last) console.error(`${this.who}: ${message}`);
    this.last = message;
  };
}
