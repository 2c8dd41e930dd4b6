import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {readdir, rm, stat, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {setTimeout} from 'node:timers/promises';

/** The process that holds a lock, as the lock file's name records it. */
interface Owner {
  readonly file: string;
  readonly host: string;
  readonly pid: number;
  /** When the process started, according to Linux, because process ids are reused. */
  readonly began: string;
}

const ATTEMPTS = 4;

/** A lock of another machine, whose processes cannot be looked up, counts for this long where others wait for it. */
const FOREIGN_LOCK_MILLISECONDS = 10 * 60_000;

/**
 * Makes this process the only user of `path`. The lock of a process that has died does not count.
 *
 * Every process creates a lock file of its own, then looks for others. Two that start at once may see each other; both then remove
 * their files and retry after a random delay. Both can never hold the lock.
 *
 * @returns A function that releases the lock.
 * @throws If a running process holds it, or a process on another machine, whose state is unknown.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  for (let attempt = 1; ; attempt++) {
    const locked = await tryLock(path);
    if ('unlock' in locked) return locked.unlock;
    if (attempt < ATTEMPTS) await setTimeout(100 * attempt * Math.random());
    else throw held(locked.holder);
  }
}

/** As `lockFile`, but waits for whoever holds the lock; one of another machine counts for ten minutes. */
export async function waitForLock(path: string): Promise<() => Promise<void>> {
  for (let longest = 10; ; longest = Math.min(100, 1.5 * longest)) {
    const locked = await tryLock(path);
    if ('unlock' in locked) return locked.unlock;
    const {file, host} = locked.holder;
    if (host !== hostname() && (await ageOf(file)) > FOREIGN_LOCK_MILLISECONDS) await rm(file, {force: true});
    else await setTimeout(longest * Math.random());
  }
}

async function tryLock(path: string): Promise<{unlock: () => Promise<void>} | {holder: Owner}> {
  const mine = `${path}.lock.${nameOf(process.pid)}`;
  await writeFile(mine, '', {flag: 'wx'});
  const holder = await otherHolder(path, mine).catch(async (error) => {
    await rm(mine, {force: true});
    throw error;
  });
  if (holder === undefined) return {unlock: () => rm(mine, {force: true})};
  await rm(mine, {force: true});
  return {holder};
}

async function ageOf(file: string): Promise<number> {
  const stats = await stat(file).catch(() => undefined);
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}

/** Clears the dead away as it looks for the living. */
async function otherHolder(path: string, mine: string): Promise<Owner | undefined> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.lock.`;
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if (!name.startsWith(prefix) || name === basename(mine)) continue;
    const owner = ownerOf(file, name.slice(prefix.length));
    if (owner === undefined) continue;
    if (isAlive(owner)) return owner;
    await rm(file, {force: true});
  }
  return undefined;
}

function nameOf(pid: number): string {
  return [encodeURIComponent(hostname()), pid, beginning(pid), randomBytes(6).toString('hex')].join('.');
}

function ownerOf(file: string, name: string): Owner | undefined {
  const [, host, pid, began] = /^(.+)\.(\d+)\.(\d+)\.[0-9a-f]{12}$/.exec(name) ?? [];
  if (host === undefined) return undefined;
  return {file, host: decodeURIComponent(host), pid: Number(pid), began: began!};
}

/** Field 22 of Linux's /proc/<pid>/stat: ticks since boot. The name in field 2 may hold spaces. 0 if it cannot be read. */
function beginning(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}

function isAlive({host, pid, began}: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return beginning(pid) === began;
}

function held({file, host, pid}: Owner): Error {
  return new Error(
    `search: \`journal\` is in use by process ${pid} on ${host}. If that process is gone, delete ${file}.`,
  );
}
