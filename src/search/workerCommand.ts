#!/usr/bin/env node
import {parseArgs} from 'node:util';
import {redisAddress} from './redisQueue.js';
import {startSearchWorker} from './worker.js';

const NAME = 'tfjs-discrete-search-worker';

const HELP = `${NAME} --redis <url> --trial <module> [options]

Runs trials of a tfjs-discrete search that was started with the same Redis, until it is stopped. Start as many as you
like, on as many machines; the module must be the same on all of them.

  --redis <url>         redis://… or rediss://… (default: the environment's REDIS_URL)
  --trial <module>      its default export runs a trial
  --queue <name>        default tfjs-discrete-search
  --workers <n>         trials at a time, a thread each (default 1)
  --lock-seconds <s>    so long after a worker's death its trials go to others (default 30)

SIGTERM and Ctrl-C end it when the running trials are over; a second one ends it at once, and other workers start those
trials again.`;

async function main(): Promise<void> {
  const {values} = parseArgs({
    options: {
      redis: {type: 'string'},
      trial: {type: 'string'},
      queue: {type: 'string'},
      workers: {type: 'string'},
      'lock-seconds': {type: 'string'},
      help: {type: 'boolean', short: 'h'},
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const url = values.redis ?? process.env.REDIS_URL;
  if (url === undefined) throw new Error('--redis is missing.');
  if (values.trial === undefined) throw new Error('--trial is missing.');
  const redis = {url, queue: values.queue};
  const worker = await startSearchWorker({
    redis,
    trial: values.trial,
    workers: number(values.workers),
    lockSeconds: number(values['lock-seconds']),
    onTrial: (trial, outcome) =>
      console.log(
        'error' in outcome ? `${trial} failed: ${outcome.error}` : `${trial} ${outcome.seconds.toFixed(1)} s`,
      ),
  });
  const {shown, queue} = redisAddress(NAME, redis);
  console.log(`${NAME}: waiting for trials of queue ${queue} at ${shown}`);

  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      signals++;
      if (signals > 1) process.exit(1);
      console.log(`${NAME}: finishing the trials that run`);
      worker.stop();
    });
  }
  await worker.stopped;
}

const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));

main().catch((error: Error) => {
  console.error(`${NAME}: ${error.message}`);
  process.exit(1);
});
