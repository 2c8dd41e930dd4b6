import {resolve} from 'node:path';

/** The last piece of work for each folder that this process was asked for. */
const last = new Map<string, Promise<unknown>>();

/** Runs `work` after all work for the folder `path` that this process was asked for before. */
export function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const folder = resolve(path);
  const previous = last.get(folder) ?? Promise.resolve();
  const turn = previous
    .catch(() => {}) // its own caller gets the error
    .then(work)
    .finally(() => {
      if (last.get(folder) === turn) last.delete(folder);
    });
  last.set(folder, turn);
  return turn;
}
