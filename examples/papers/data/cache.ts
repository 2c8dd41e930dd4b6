import {createHash} from 'node:crypto';
import {homedir} from 'node:os';
import {join} from 'node:path';

/** Where downloads and decoded data stay, so that the next run need not download them. */
export function cacheFolder(name: string): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tfjs-discrete', name);
}

/** @throws an error that names the file and both checksums. */
export function verify(path: string, bytes: Uint8Array, algorithm: 'md5' | 'sha512', expected: string): void {
  const got = createHash(algorithm).update(bytes).digest('hex');
  if (got === expected) return;
  throw new Error(`${path}: \`${algorithm}\` must be ${expected}, got ${got}. Delete this file.`);
}
