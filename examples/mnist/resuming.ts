import {existsSync} from 'node:fs';
import {readdir, readFile, rm} from 'node:fs/promises';
import {type ResumedRun, resume} from 'tfjs-discrete';
import {writeAtomically} from './files.js';
import type {Settings} from './options.js';
import type {OutputPaths} from './training.js';

/** What the folder of a run says of it. */
interface RecordedRun {
  /** Everything that a continued run must have in common with it. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly epochs: number;
  /** Whether all epochs were trained. */
  readonly finished: boolean;
}

/** Writes down what a run is started with, and whether it came to its end. */
export async function recordRun(settings: Settings, output: OutputPaths, finished: boolean): Promise<void> {
  const run: RecordedRun = {settings: fixed(settings), epochs: settings.epochs, finished};
  await writeAtomically(output.settings, `${JSON.stringify(run, undefined, 2)}\n`);
}

/** Says that a new run replaces an earlier one, and how one that has not finished could go on. */
export async function warnOfEarlierRun(settings: Settings, output: OutputPaths): Promise<void> {
  if (!existsSync(output.report) && !existsSync(output.settings)) return;
  const run = await readRun(output);
  const advice = run?.finished === false ? ', which has not finished; --resume would continue it' : '';
  console.warn(`warning: this run replaces the one in ${settings.output}${advice}`);
}

/** Deletes the events and checkpoints of an earlier run, before a new one is recorded in its place. */
export async function removeEarlierRun({events, checkpoints}: OutputPaths): Promise<void> {
  for (const folder of [events, checkpoints]) await rm(folder, {recursive: true, force: true});
}

/** What to tell the user of a run that was stopped: `--resume` needs an epoch that was finished. */
export async function howToContinue({checkpoints}: OutputPaths): Promise<string> {
  const names = await readdir(checkpoints).catch(() => []);
  return names.some((name) => name.endsWith('.checkpoint'))
    ? 'The model was saved as it was then; the same command with --resume continues after the last whole epoch.'
    : 'The model was saved as it was then; no epoch was finished, so --resume has nothing to continue.';
}

/**
 * Loads the run in the output folder, to go on after its last whole epoch.
 *
 * @throws If there is none, it was started with other settings, or no epoch is left.
 */
export async function continueRun(settings: Settings, output: OutputPaths): Promise<ResumedRun> {
  const recorded = await readRun(output);
  const run = recorded && (await resume(output.checkpoints));
  if (recorded === undefined || run === undefined) {
    throw new Error(
      `option '--resume' needs a run with a whole epoch, of which ${settings.output} has none.`,
    );
  }
  for (const [name, value] of Object.entries(fixed(settings))) {
    const before = recorded.settings[name];
    if (JSON.stringify(before) === JSON.stringify(value)) continue;
    const [was, is] = [before, value].map((one) => JSON.stringify(one) ?? 'left out');
    throw new Error(`option '--resume' continues a run whose ${name} was ${was}, and now it is ${is}.`);
  }
  if (run.epoch >= settings.epochs) {
    throw new Error(
      `option '--resume' finds all ${run.epoch} epochs trained; ask for more, as by --epochs ${run.epoch + 5}.`,
    );
  }
  return run;
}

async function readRun({settings}: OutputPaths): Promise<RecordedRun | undefined> {
  if (!existsSync(settings)) return undefined;
  return JSON.parse(await readFile(settings, 'utf8')) as RecordedRun;
}

/** The settings that stay the same when a run goes on: it may have more epochs, and another backend. */
function fixed({task, dataset, discrete, batchSize, learningRate, seed, limit}: Settings) {
  return {task, dataset, ...discrete, batchSize, learningRate, seed, ...(limit !== undefined && {limit})};
}
