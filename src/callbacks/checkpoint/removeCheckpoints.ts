import {invalid} from '../../functional/validate.js';

/**
 * Removes the checkpoints of a run from its folder or, in a page, from the browser's storage, so that a new run can begin there.
 *
 * Files that are no checkpoints stay.
 *
 * @returns How many there were.
 * @example
 * await removeCheckpoints('runs/digits');
 * await resume('runs/digits'); // undefined
 */
export async function removeCheckpoints(dir: string): Promise<number> {
  if (typeof dir !== 'string' || dir === '') throw invalid('removeCheckpoints', 'dir', 'a path', dir);
  const {openStore} = await import('./openStore.js');
  const store = await openStore(dir, false);
  const names = await store.list();
  for (const name of names) await store.remove(name);
  return names.length;
}
