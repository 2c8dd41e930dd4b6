import {inspect} from 'node:util';
import type {Metrics, Trial} from './Trial.js';

/** Where trials run. */
export interface Executor {
  /** How many trials it runs at once. */
  readonly capacity: number;
  /**
   * Runs one attempt at a trial.
   *
   * @param attempt Counted from 1.
   * @returns The trial's metrics, checked.
   * @throws what the trial threw.
   */
  run(trial: Trial, attempt: number): Promise<Executed>;
  /** Called when the journal, of this process or an earlier one, holds the result. */
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

/** The message that the journal records. An error from a thread may have lost its class. */
export function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const {message, name} = (error ?? {}) as Partial<Error>;
  return message || name || inspect(error);
}
