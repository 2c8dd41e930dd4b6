import {randomBytes} from 'node:crypto';
import {mkdir, open, readdir, readFile, rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {invalid} from '../../functional/validate.js';
import {type CheckpointStore, stepOf} from './CheckpointStore.js';

/** What a save that was killed leaves behind. */
const LEFTOVER = /^step-\d+\.checkpoint\.[0-9a-f]{12}\.tmp$/;

/**
 * The folder `dir`, one file per checkpoint; a bundle for the browser has `openStore.browser.ts` in place of this file.
 * One process at a time writes to it.
 *
 * @param create Makes the folder where it is missing, and clears away what a killed save left.
 * @throws If it is to be created and cannot be.
 */
export async function openStore(dir: string, create: boolean): Promise<CheckpointStore> {
  if (create) {
    try {
      await mkdir(dir, {recursive: true});
      const leftovers = (await readdir(dir)).filter((name) => LEFTOVER.test(name));
      await Promise.all(leftovers.map((name) => rm(join(dir, name), {force: true})));
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      throw invalid('Checkpoint', 'dir', `a folder that can be written to (${code})`, dir);
    }
  }
  return {
    list: async () => (await namesIn(dir)).filter((name) => stepOf(name) !== undefined),
    read: (name) => readFile(join(dir, name)),
    write: (name, bytes) => writeAtomically(dir, name, bytes),
    remove: (name) => rm(join(dir, name), {force: true}),
    locate: (name) => join(dir, name),
  };
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw invalid('Checkpoint', 'dir', `a folder that can be read (${code})`, dir);
  }
}

/** Aside, synced, renamed; then the folder is synced, which holds the name. */
async function writeAtomically(dir: string, name: string, bytes: Uint8Array): Promise<void> {
  const aside = join(dir, `${name}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(aside, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, join(dir, name));
  } catch (error) {
    await rm(aside, {force: true});
    throw error;
  }
  await syncFolder(dir);
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r').catch(() => undefined); // Windows opens no folders, and needs no sync of them.
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
