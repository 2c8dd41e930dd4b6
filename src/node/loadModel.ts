import {constants} from 'node:fs';
import {type FileHandle, open, realpath, stat} from 'node:fs/promises';
import {dirname, isAbsolute, join, relative, sep} from 'node:path';
import {io} from '@tensorflow/tfjs-core';
import {invalid} from '../functional/validate.js';
import {assertModelFits} from './assertModelFits.js';
import {MODEL, OWNER} from './modelFolder.js';
import {type Manifest, readManifest} from './readManifest.js';

/** Largest piece of weights in one buffer; Node reads no file of 2 GiB or more at once. */
const PIECE_BYTES = 1 << 30;

/** Largest `model.json`; weights lie in files of their own. */
const MODEL_BYTES = 1 << 28;

/** For how long a load starts again because another process saved meanwhile; on a busy machine one attempt takes long. */
const LONGEST_MILLISECONDS = 4000;

/**
 * Reads a model in whole, also while another process replaces it.
 *
 * A model may come from anywhere: nothing outside its folder is read, and sizes are checked before memory is allocated.
 *
 * @param given A `model.json` or the folder that holds it.
 * @throws if there is no model, an incomplete one, or one whose layers and files do not fit its manifest.
 */
export async function loadModel(given: string): Promise<io.ModelArtifacts> {
  const found = await stat(given).catch(() => undefined);
  const path = found?.isDirectory() ? join(given, MODEL) : given;
  const began = performance.now();
  do {
    const file = await openModel(path, given);
    // A model that another process replaces meanwhile may look broken, or be a mixture.
    const unchanged = () => isStill(file, path);
    try {
      const artifacts = await parseModel(path, await file.readFile('utf8'));
      if (await unchanged()) return artifacts;
    } catch (error) {
      if (await unchanged()) throw error;
    } finally {
      await file.close();
    }
  } while (performance.now() - began < LONGEST_MILLISECONDS);
  const seconds = LONGEST_MILLISECONDS / 1000;
  throw invalid(OWNER, 'path', `a model that stays as it is while it is read (tried for ${seconds} s)`, path);
}

async function openModel(path: string, given: string): Promise<FileHandle> {
  const file = await openFile(path).catch((error: NodeJS.ErrnoException) => {
    throw invalid(OWNER, 'path', `a ${MODEL} or the folder that holds one (${error.code})`, given);
  });
  const stats = await file.stat();
  if (stats.isFile() && stats.size <= MODEL_BYTES) return file;
  await file.close();
  throw invalid(OWNER, 'path', `a ${MODEL}, a file of at most ${MODEL_BYTES} bytes`, path);
}

/** Does not wait for the other end of a pipe, as opening one usually does. */
function openFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

/** Whether `path` still leads to the file that is open. While it is, no other file gets its number. */
async function isStill(file: FileHandle, path: string): Promise<boolean> {
  const before = await file.stat({bigint: true});
  const now = await stat(path, {bigint: true}).catch(() => undefined);
  return now !== undefined && before.dev === now.dev && before.ino === now.ino;
}

async function parseModel(path: string, text: string): Promise<io.ModelArtifacts> {
  const model = parseJson(text);
  if (model?.modelTopology == null && model?.weightsManifest == null) {
    throw invalid(OWNER, 'path', 'a model that TensorFlow.js has saved', path);
  }
  const manifest = readManifest(model.weightsManifest);
  const files = await openWeights(path, manifest);
  try {
    if (isLayersModel(model.modelTopology)) await assertModelFits(model.modelTopology, manifest.values);
    return await io.getModelArtifactsForJSON(model, async () => {
      const data: ArrayBuffer[] = [];
      for (const {file, size} of files) data.push(...(await readWeights(file, size)));
      return [[...manifest.specs], data.length === 1 ? data[0]! : data];
    });
  } finally {
    for (const {file} of files) await file.close();
  }
}

function parseJson(text: string): io.ModelJSON | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Else it is a graph model, which has no layers to build. */
function isLayersModel(topology: unknown): boolean {
  if (typeof topology !== 'object' || topology === null) return false;
  return ['model_config', 'class_name', 'className'].some((key) => key in topology);
}

interface WeightsFile {
  readonly file: FileHandle;
  readonly size: number;
}

/** Opens the weights files, and compares their sizes with the manifest before a byte is read. */
async function openWeights(model: string, manifest: Manifest): Promise<WeightsFile[]> {
  const files: WeightsFile[] = [];
  try {
    const seen = new Set<string>();
    for (const name of manifest.paths) {
      const path = await withinFolder(dirname(model), name);
      if (seen.has(path)) throw invalid(OWNER, 'weightsManifest', 'paths of distinct files', name);
      seen.add(path);
      const file = await openFile(path).catch(unreadable(path));
      files.push({file, size: 0});
      const stats = await file.stat();
      if (!stats.isFile()) throw invalid(OWNER, 'weightsManifest', 'paths of files', path);
      files[files.length - 1] = {file, size: stats.size};
    }
    const size = files.reduce((sum, {size: bytes}) => sum + bytes, 0);
    if (manifest.hasStrings ? size < manifest.bytes : size !== manifest.bytes) {
      const expected = `the ${manifest.hasStrings ? `at least ${manifest.bytes}` : manifest.bytes} bytes`;
      throw invalid(OWNER, manifest.paths.join(', '), `${expected} that ${model} lists`, size);
    }
    return files;
  } catch (error) {
    for (const {file} of files) await file.close();
    throw error;
  }
}

/** @throws unless `name` is a file in the folder, also once links are followed. */
async function withinFolder(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const [root, real] = [await realpath(folder), await realpath(path).catch(unreadable(path))];
  const inner = relative(root, real);
  if (inner !== '' && inner !== '..' && !inner.startsWith(`..${sep}`) && !isAbsolute(inner)) return real;
  throw invalid(OWNER, 'weightsManifest', `paths within the model's folder`, name);
}

const unreadable = (path: string) => (error: NodeJS.ErrnoException) => {
  throw invalid(OWNER, 'weightsManifest', `paths of files that can be read (${error.code})`, path);
};

async function readWeights(file: FileHandle, size: number): Promise<ArrayBuffer[]> {
  const pieces: ArrayBuffer[] = [];
  for (let start = 0; start < size; start += PIECE_BYTES) {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, size - start));
    for (let done = 0; done < piece.length; ) {
      const {bytesRead} = await file.read(piece, done, piece.length - done, start + done);
      if (bytesRead === 0)
        throw invalid(OWNER, 'weightsManifest', 'files that stay as they are', 'a shorter one');
      done += bytesRead;
    }
    pieces.push(piece.buffer);
  }
  return pieces;
}
