import {writeAtomically} from '../files.js';

/**
 * Fetches `url` into `path`, which exists only once it is whole and `check` has passed.
 *
 * @param check Throws when the bytes are not what they should be.
 * @throws an error that names the address and the cause.
 */
export async function download(url: string, path: string, check: (bytes: Buffer) => void): Promise<Buffer> {
  const bytes = await fetchBytes(url);
  check(bytes);
  await writeAtomically(path, bytes);
  return bytes;
}

async function fetchBytes(url: string): Promise<Buffer> {
  try {
    const response = await fetch(url, {signal: AbortSignal.timeout(120_000)});
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const {message, cause} = error as Error & {cause?: {code?: string; message?: string}};
    throw new Error(`Cannot fetch ${url}: ${cause?.code ?? cause?.message ?? message}.`);
  }
}
