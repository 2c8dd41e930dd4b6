import {SingleBar} from 'cli-progress';
import {writeAtomically} from '../files.js';

/** A server that sends nothing for this long has gone away. */
const TIMEOUT_MS = 60_000;

/** A file to download. */
export interface Source {
  readonly url: string;
  /** How large it is, so that a reader knows before it starts. */
  readonly bytes: number;
}

/**
 * Downloads a file into `path`, which exists only once it is whole and `check` has passed.
 *
 * Says first what is downloaded and how large it is, then shows the progress, on stderr.
 *
 * @param check Throws when the bytes are not what they should be.
 * @throws an error that names the address and the cause.
 */
export async function download(
  source: Source,
  path: string,
  check: (bytes: Buffer) => void,
): Promise<Buffer> {
  console.error(`Downloading ${source.url} (${sizeOf(source.bytes)}) to ${path}`);
  const bytes = await fetchBytes(source);
  check(bytes);
  await writeAtomically(path, bytes);
  return bytes;
}

function sizeOf(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

async function fetchBytes({url, bytes}: Source): Promise<Buffer> {
  const bar = new SingleBar({
    format: '  {bar}  {received} of {all}, {eta} s left',
    barsize: 30,
    stream: process.stderr,
    noTTYOutput: true, // a line every so often in a log
    notTTYSchedule: 2000,
    gracefulExit: false,
  });
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error('no answer')), TIMEOUT_MS);
  try {
    const response = await fetch(url, {signal: controller.signal});
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    const pieces: Uint8Array[] = [];
    let received = 0;
    bar.start(bytes, 0, {received: sizeOf(0), all: sizeOf(bytes)});
    for await (const piece of response.body ?? []) {
      timer.refresh();
      pieces.push(piece);
      received += piece.length;
      bar.update(received, {received: sizeOf(received)});
    }
    return Buffer.concat(pieces);
  } catch (error) {
    const {message, cause} = error as Error & {cause?: {code?: string; message?: string}};
    throw new Error(`Cannot fetch ${url}: ${cause?.code ?? cause?.message ?? message}.`);
  } finally {
    clearTimeout(timer);
    bar.stop();
  }
}
