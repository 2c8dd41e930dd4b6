import {existsSync} from 'node:fs';
import {appendFile, mkdir, readFile, truncate} from 'node:fs/promises';
import {dirname} from 'node:path';

/** What tells one run of an experiment from another, besides the seed: plain JSON. */
export type Values = Readonly<Record<string, string | number | boolean>>;

/** A figure's value in each epoch, by the keys that training and callbacks write into `logs`. */
export type History = Readonly<Record<string, readonly number[]>>;

/** One run, as it stands in a line of the results file. */
export interface Result {
  readonly experiment: string;
  readonly configuration: Values;
  readonly seed: number;
  readonly settings: Values;
  readonly backend: string;
  readonly seconds: number;
  readonly history: History;
}

/** The same for the same values, whatever the order of the keys. */
export function keyOfValues(values: Values): string {
  return JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same for the same run, whatever the order of the keys. */
export function keyOf({configuration, seed, settings}: Pick<Result, 'configuration' | 'seed' | 'settings'>) {
  return `[${keyOfValues(configuration)},${seed},${keyOfValues(settings)}]`;
}

/** Reads a results file. A last line that is not whole, because of a kill or because it is being written, is left out. */
export async function readResults(path: string): Promise<Result[]> {
  if (!existsSync(path)) return [];
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  const withNaN = (_key: string, value: unknown) => (value === null ? Number.NaN : value); // JSON has no NaN
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line, withNaN));
}

/** Cuts off a last line that a kill has left unfinished. For the command that is about to append, and for no other. */
export async function dropTornLine(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const bytes = await readFile(path);
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) await truncate(path, whole);
}

/** Adds a line to a results file; numbers keep five digits. */
export async function appendResult(path: string, result: Result): Promise<void> {
  const short = (_key: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
  const line = JSON.stringify({...result, history: 0}).replace(
    '"history":0',
    `"history":${JSON.stringify(result.history, short)}`,
  );
  await mkdir(dirname(path), {recursive: true});
  await appendFile(path, `${line}\n`);
}
