import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {bundleProgram} from '../../support/bundleProgram.js';

const program = new URL('./killedRun.ts', import.meta.url);

/** A run that was killed again and again, and one that was not. */
export interface Outcome {
  /** What each finished run printed: hash of weights and optimizer, steps, History. */
  readonly finished: readonly string[];
  readonly uninterrupted: string;
  /** Kills before training had begun, so while a checkpoint was loaded or before. */
  readonly early: number;
  /** Kills in the middle of writing a checkpoint. */
  readonly whileWriting: number;
}

/**
 * Kills training with SIGKILL at random moments, `kills` times in all, each time resumes it, and lets the last run finish.
 * Runs that finish in between are begun anew.
 *
 * @param longest Milliseconds after training has begun by which it is killed.
 */
export async function killRepeatedly(
  backend: string,
  kills: number,
  {epochs = 40, longest = 600, report = (_kill: number) => {}} = {},
): Promise<Outcome> {
  const root = mkdtempSync(join(tmpdir(), 'killed-'));
  try {
    const script = await bundleProgram(program, root);
    const life = (folder: string, killAfter?: number, sinceStart = false) =>
      live([script, backend, join(root, folder), String(epochs)], killAfter, sinceStart);
    const uninterrupted = await life('uninterrupted');
    const finished: string[] = [];
    let [early, whileWriting, runs] = [0, 0, 0];
    for (let killed = 0; killed < kills; ) {
      // One in eight is killed at any time since its start.
      const sinceStart = Math.random() < 1 / 8;
      const output = await life(String(runs), Math.random() * longest * (sinceStart ? 4 : 1), sinceStart);
      if (output.endsWith('}')) {
        finished.push(output);
        runs++;
        continue;
      }
      report(++killed);
      if (!output.includes('training')) early++;
      if (namesIn(join(root, String(runs))).some((name) => name.endsWith('.tmp'))) whileWriting++;
    }
    finished.push(await life(String(runs)));
    return {finished: finished.map(lastLine), uninterrupted: lastLine(uninterrupted), early, whileWriting};
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
}

const lastLine = (output: string) => output.split('\n').at(-1)!;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * One process, until it ends or is killed.
 *
 * @returns What it printed.
 * @throws If it failed by itself.
 */
async function live(
  args: readonly string[],
  killAfter: number | undefined,
  sinceStart: boolean,
): Promise<string> {
  const child = spawn(process.execPath, args);
  let [output, errors] = ['', ''];
  const over = new AbortController();
  const kill = async () => {
    await setTimeout(killAfter, undefined, {signal: over.signal}).then(
      () => child.kill('SIGKILL'),
      () => {},
    );
  };
  if (killAfter !== undefined && sinceStart) kill();
  child.stdout.on('data', (text) => {
    if (killAfter !== undefined && !sinceStart && output === '') kill();
    output += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  over.abort();
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the run failed with ${code}:\n${errors}`);
  return output.trim();
}
