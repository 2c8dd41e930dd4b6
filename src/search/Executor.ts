import {inspect} from 'node:util';
import type {Metrics, Trial} from './Trial.js';

/** Where trials run. */
export interface Executor {
  /** How many trials it wants at once. */
  readonly capacity: number;
  /**
   * Runs a trial, once, to its end.
   *
   * @param attempt Counted from 1.
   * @returns What the trial answered, checked.
   * @throws what the trial threw.
   */
  run(trial: Trial, attempt: number): Promise<Executed>;
  /** Told when the journal holds the outcome, by this process or an earlier one. */
  forget?(trial: Trial, attempt: number): Promise<void>;
  /** Ends at once, unfinished trials included. */
  close(): Promise<void>;
}

export interface Executed {
  readonly metrics: Metrics;
  readonly seconds: number;
}

/** A fault of the set-up rather than of one trial: ends the search, and the journal says nothing of it. */
export class SetUpError extends Error {
  override readonly name = 'SetUpError';
}

/** What the journal keeps of an error. One that comes from a thread may have lost its class on the way. */
export function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const {message, name} = (error ?? {}) as Partial<Error>;
  return message || name || inspect(error);
}
