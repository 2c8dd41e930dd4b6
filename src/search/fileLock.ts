import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {readdir, rm, stat, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {setTimeout} from 'node:timers/promises';

/** Who holds a lock; its file's name says it all. */
interface Owner {
  readonly file: string;
  readonly host: string;
  readonly pid: number;
  /** When the process began, as Linux tells it; numbers of dead processes are given out again. */
  readonly began: string;
}

const ATTEMPTS = 4;

/** A lock of another machine, whose processes cannot be looked up, counts for this long where others wait for it. */
const FOREIGN_LOCK_MILLISECONDS = 10 * 60_000;

/**
 * Makes this process the only one that uses `path`. A process that dies in any way leaves a lock that no longer counts.
 *
 * Everyone puts down a file of their own, then looks for others. Of two that come at once both may see the other, and
 * both step back and come again a little later; that both go ahead cannot happen.
 *
 * @returns Gives the lock back.
 * @throws if a living process holds it, or one on another machine, of which one cannot tell.
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

/** Field 22 of Linux's /proc/<pid>/stat: ticks since boot. The name in field 2 may hold spaces. 0 if it cannot be told. */
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
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return beginning(pid) === began;
}

function held({file, host, pid}: Owner): Error {
  return new Error(
    `search: \`journal\` is in use by process ${pid} on ${host}. If that process is gone, delete ${file}.`,
  );
}
