import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {setTimeout} from 'node:timers/promises';
import {pathToFileURL} from 'node:url';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A process of this test's own, that runs a file of TypeScript. */
export interface Running {
  readonly pid: number;
  /** What it has said, on both channels. */
  output(): string;
  /** Ends it as no process can prevent, and waits until it is gone. */
  kill(): Promise<void>;
  /** @returns Its exit code, null after a signal. */
  ended(): Promise<number | null>;
  send(signal: NodeJS.Signals): void;
}

const running = new Set<ChildProcess>();

export function start(path: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, ['--import', tsx, path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watch(child);
}

export function watch(child: ChildProcess): Running {
  let said = '';
  child.stdout!.on('data', (text) => {
    said += text;
  });
  child.stderr!.on('data', (text) => {
    said += text;
  });
  running.add(child);
  const exit = once(child, 'exit').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return {
    pid: child.pid!,
    output: () => said,
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    ended: () => exit,
    send: (signal) => child.kill(signal),
  };
}

/** Ends what a test that failed has left. */
export async function killAll(): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all([...running].map((child) => once(child, 'exit')));
}

/** @throws if it does not happen in time. */
export async function until(what: string, happened: () => boolean, milliseconds = 60_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!happened()) {
    if (Date.now() > end) throw new Error(`In ${milliseconds / 1000} s there was no sign of: ${what}`);
    await setTimeout(2);
  }
}

/** Whole lines of a file that may not be there yet. */
export function linesIn(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}
