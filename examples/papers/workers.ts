import {type ChildProcess, fork} from 'node:child_process';
import type {BackendName} from 'tfjs-discrete/node';
import type {History, Values} from './results.js';
import type {Report} from './training.js';

/** One run, as a worker is asked for it. */
export interface Job {
  readonly configuration: Values;
  readonly seed: number;
  readonly settings: Values;
  readonly backend: BackendName;
  /** The width of vectors on wasm, in bits; changes times, and no result. */
  readonly vectors?: 128 | 256;
}

/** What a worker made of a job. */
export interface Outcome {
  readonly backend: string;
  readonly seconds: number;
  readonly history: History;
}

type Message = {epochs: number} | {outcome: Outcome} | {error: string};

const MARK = 'TFJS_DISCRETE_PAPERS_WORKER';

/** Whether this process was started by `runJobs`. */
export const isWorker = () => process.env[MARK] !== undefined;

/** Runs the jobs that the parent sends; ends with it. */
export function serve(run: (job: Job, report: Report) => Promise<Outcome>): void {
  // With a callback, a send that fails since the parent is gone, which a busy worker has yet to notice, throws nothing.
  const send = (message: Message) => process.send?.(message, () => {});
  process.on('disconnect', () => process.exit());
  process.on('message', async (job: Job) => {
    try {
      send({outcome: await run(job, (epochs) => send({epochs}))});
    } catch (error) {
      send({error: (error as Error).stack ?? String(error)});
    }
  });
}

/** Is told how the jobs fare. */
export interface Observer {
  progress(job: Job, epochs: number): void;
  done(job: Job, outcome: Outcome): Promise<void>;
  failed(job: Job, error: string): void;
}

/** Runs jobs in `workers` processes, each of which is this program again. A process that dies fails its job alone. */
export async function runJobs(jobs: readonly Job[], workers: number, observer: Observer): Promise<void> {
  const waiting = [...jobs];
  await Promise.all(Array.from({length: Math.min(workers, jobs.length)}, work));

  async function work(): Promise<void> {
    let child: ChildProcess | undefined;
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      child = child?.connected ? child : fork(process.argv[1]!, [], {env: {...process.env, [MARK]: '1'}});
      const current = job;
      const answer = await runIn(child, current, (epochs) => observer.progress(current, epochs));
      if ('outcome' in answer) await observer.done(current, answer.outcome);
      else observer.failed(current, answer.error);
    }
    child?.kill();
  }
}

function runIn(
  child: ChildProcess,
  job: Job,
  progress: Report,
): Promise<{outcome: Outcome} | {error: string}> {
  return new Promise((resolve) => {
    const onMessage = (message: Message) => {
      if ('epochs' in message) progress(message.epochs);
      else settle(message);
    };
    const onExit = (code: number | null, signal: string | null) =>
      settle({error: `The worker ended (${signal ?? code}).`});
    const settle = (answer: {outcome: Outcome} | {error: string}) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(answer);
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.send(job);
  });
}
