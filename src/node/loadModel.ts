import type {BigIntStats} from 'node:fs';
import {open, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {io} from '@tensorflow/tfjs-core';
import {invalid} from '../functional/validate.js';
import {MODEL, OWNER} from './modelFolder.js';

/** Largest piece of weights in one buffer; Node reads no file of 2 GiB or more at once. */
const PIECE_BYTES = 1 << 30;

/** How often a load starts again because another process saved meanwhile. */
const ATTEMPTS = 20;

/**
 * Reads a model in whole, also while another process replaces it.
 *
 * @param given A `model.json` or the folder that holds it.
 * @throws if there is no model, or not a whole one.
 */
export async function loadModel(given: string): Promise<io.ModelArtifacts> {
  const found = await stat(given).catch(() => undefined);
  const path = found?.isDirectory() ? join(given, MODEL) : given;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const {text, identity} = await readModel(path).catch((error: NodeJS.ErrnoException) => {
      throw invalid(OWNER, 'path', `a ${MODEL} or the folder that holds one (${error.code})`, given);
    });
    // A model that another process replaces meanwhile may look broken, or be a mixture.
    const unchanged = async () =>
      identity === identityOf(await stat(path, {bigint: true}).catch(() => undefined));
    try {
      const artifacts = await parseModel(path, text);
      if (await unchanged()) return artifacts;
    } catch (error) {
      if (await unchanged()) throw error;
    }
  }
  throw invalid(OWNER, 'path', `a model that stays as it is while it is read (${ATTEMPTS} times)`, path);
}

async function readModel(path: string): Promise<{text: string; identity: string}> {
  const file = await open(path);
  try {
    const identity = identityOf(await file.stat({bigint: true}));
    return {text: await file.readFile('utf8'), identity};
  } finally {
    await file.close();
  }
}

/** Tells a file from another that took its name. */
function identityOf(stats: BigIntStats | undefined): string {
  return stats === undefined ? '' : `${stats.ino} ${stats.mtimeNs}`;
}

async function parseModel(path: string, text: string): Promise<io.ModelArtifacts> {
  const model = parseJson(text);
  if (model?.modelTopology == null && model?.weightsManifest == null) {
    throw invalid(OWNER, 'path', 'a model that TensorFlow.js has saved', path);
  }
  return io.getModelArtifactsForJSON(model, async (manifest) => {
    const specs: io.WeightsManifestEntry[] = [];
    const data: ArrayBuffer[] = [];
    for (const group of manifest) {
      specs.push(...group.weights);
      for (const name of group.paths) data.push(...(await readWeights(join(dirname(path), name))));
    }
    const bytes = data.reduce((sum, {byteLength}) => sum + byteLength, 0);
    const expected = byteLength(specs);
    if (expected !== undefined && expected !== bytes) {
      const names = manifest.flatMap(({paths}) => paths).join(', ');
      throw invalid(OWNER, names, `the ${expected} bytes that ${path} speaks of`, bytes);
    }
    return [specs, data.length === 1 ? data[0]! : data];
  });
}

function parseJson(text: string): io.ModelJSON | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readWeights(path: string): Promise<ArrayBuffer[]> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw invalid(OWNER, 'weightsManifest', `paths of files that can be read (${error.code})`, path);
  });
  try {
    const {size} = await file.stat();
    const pieces: ArrayBuffer[] = [];
    for (let start = 0; start < size; start += PIECE_BYTES) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, size - start));
      for (let done = 0; done < piece.length; ) {
        const {bytesRead} = await file.read(piece, done, piece.length - done, start + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      pieces.push(piece.buffer);
    }
    return pieces;
  } finally {
    await file.close();
  }
}

const BYTES: Record<string, number> = {
  float32: 4,
  int32: 4,
  complex64: 8,
  bool: 1,
  float16: 2,
  uint16: 2,
  uint8: 1,
};

/** Of all weights together; undefined where a specification does not tell, as for strings. */
function byteLength(specs: io.WeightsManifestEntry[]): number | undefined {
  let sum = 0;
  for (const {dtype, shape, quantization} of specs) {
    const bytes = BYTES[quantization?.dtype ?? dtype];
    if (bytes === undefined) return undefined;
    sum += shape.reduce((product, size) => product * size, bytes);
  }
  return sum;
}
