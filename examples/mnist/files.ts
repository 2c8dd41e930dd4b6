import {mkdir, rename, rm, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';

/** Writes a file that others see either not at all or whole. Makes the folders above it. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  await mkdir(dirname(path), {recursive: true});
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, {force: true});
    throw error;
  }
}
