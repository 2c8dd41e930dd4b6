import {type ChildProcess, fork} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** What came of some mutations. */
export interface Tally {
  readonly loaded: number;
  readonly rejected: number;
  /** One line for each that hung, ended the process or gave a wrong answer. */
  readonly failures: readonly string[];
}

type Answer = {verdict: 'loaded' | 'rejected'} | {failure: string};

/**
 * Mutates models or journals, numbers `first` to `first + count - 1`, and opens each in a process of its own kind, which is
 * killed when it does not answer within `limitMs`.
 */
export async function fuzz(
  kind: 'models' | 'journals',
  first: number,
  count: number,
  limitMs = 10_000,
): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), `fuzz-${kind}-`));
  const tally = {loaded: 0, rejected: 0, failures: [] as string[]};
  let child = await start(kind, folder);
  try {
    for (let index = first; index < first + count; index++) {
      const answer = await ask(child, index, limitMs);
      if ('verdict' in answer) tally[answer.verdict]++;
      else tally.failures.push(`${kind} ${index}: ${answer.failure}`);
      if (!child.connected) child = await start(kind, folder);
    }
    return tally;
  } finally {
    child.kill('SIGKILL');
    await rm(folder, {recursive: true, force: true});
  }
}

async function start(kind: string, folder: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('./fuzzProcess.ts', import.meta.url));
  const execArgv = ['--import', 'tsx', '--max-old-space-size=1024'];
  const child = fork(program, [kind, folder], {execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc']});
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    errors = (errors + text).slice(-2000);
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`The process to test in ended with ${code}: ${errors}`)));
  });
  return child;
}

function ask(child: ChildProcess, index: number, limitMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const settle = (answer: Answer) => {
      clearTimeout(timer);
      child.off('message', settle);
      child.off('exit', onExit);
      resolve(answer);
    };
    const onExit = (code: number | null, signal: string | null) =>
      settle({failure: `the process ended (${signal ?? code})`});
    const timer = setTimeout(() => {
      child.off('exit', onExit);
      child.once('exit', () => settle({failure: `no answer within ${limitMs} ms`}));
      child.kill('SIGKILL');
    }, limitMs);
    child.on('message', settle);
    child.on('exit', onExit);
    child.send(index);
  });
}
