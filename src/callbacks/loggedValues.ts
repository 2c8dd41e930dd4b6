import type {Tensor} from '@tensorflow/tfjs-core';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {invalid} from '../functional/validate.js';

/** Keys of `logs` that count samples and batches. */
const BOOKKEEPING = new Set(['batch', 'size', 'num_steps']);

/** The metrics in `logs` as numbers, in their order; scalars on the device are read and left as they are. */
export async function loggedValues(logs: UnresolvedLogs = {}): Promise<Record<string, number>> {
  const keys = Object.keys(logs).filter((key) => !BOOKKEEPING.has(key));
  const values = await Promise.all(keys.map((key) => toNumber(logs[key]!)));
  return Object.fromEntries(keys.map((key, i) => [key, values[i]!]));
}

/**
 * One metric in `logs`.
 *
 * @throws If `logs` has no such key, naming those that it has.
 */
export async function loggedValue(
  owner: string,
  logs: UnresolvedLogs | undefined,
  monitor: string,
): Promise<number> {
  const value = logs?.[monitor];
  if (value !== undefined) return toNumber(value);
  const known = Object.keys(logs ?? {}).filter((key) => !BOOKKEEPING.has(key));
  throw invalid(owner, 'monitor', `a key of \`logs\` (${known.join(', ')})`, monitor);
}

async function toNumber(value: number | Tensor): Promise<number> {
  return typeof value === 'number' ? value : (await value.data())[0]!;
}
