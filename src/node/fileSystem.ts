import {randomBytes} from 'node:crypto';
import type {BigIntStats} from 'node:fs';
import {copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {io} from '@tensorflow/tfjs-core';
import {invalid} from '../functional/validate.js';

const OWNER = 'FileSystem';
const MODEL = 'model.json';
const WEIGHTS = 'weights.bin';

/** What a save that was killed may leave behind; the next one clears it away. */
const LEFTOVER = /^(weights\.[0-9a-f]{12}\.bin|model\.json\.[0-9a-f]{12}\.tmp)$/;
const LEFTOVER_AGE_MILLISECONDS = 10 * 60_000;

/** Largest piece of weights in one buffer; Node reads no file of 2 GiB or more at once. */
const PIECE_BYTES = 1 << 30;

/** How often a load starts again because another process saved meanwhile. */
const ATTEMPTS = 20;

/** Lets a second copy of this package (ESM beside CommonJS) know our handlers. */
const BRAND = Symbol.for('tfjs-discrete.FileSystem');

/**
 * Saves models to a folder and loads them, laid out as tfjs-node's `file://` handler does (4.22):
 * `model.json`, and `weights.bin` beside it. Either loads what the other saved.
 *
 * A save replaces an earlier model in one step. Whenever the process dies, the folder holds the earlier
 * model or the new one, in whole, for any reader: `model.json` names the new weights under a name of
 * their own until `weights.bin` is theirs.
 */
class FileSystem implements io.IOHandler {
  readonly [BRAND] = true;

  constructor(private readonly path: string) {}

  /** @throws if `path` is no folder and cannot be made one. */
  async save(artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
    if (artifacts.modelTopology instanceof ArrayBuffer) {
      throw invalid(OWNER, 'modelTopology', 'JSON', artifacts.modelTopology);
    }
    await mkdir(this.path, {recursive: true}).catch((error: NodeJS.ErrnoException) => {
      throw invalid(OWNER, 'path', `a folder that can be written to (${error.code})`, this.path);
    });
    const id = randomBytes(6).toString('hex');
    const fresh = `weights.${id}.bin`;
    const inTransit = modelJson(artifacts, fresh);
    const atRest = modelJson(artifacts, WEIGHTS);

    await this.write(fresh, weightBuffers(artifacts.weightData));
    try {
      if (await exists(this.at(MODEL))) {
        await this.replaceModel(inTransit, id); // From here on it is the new model that is loaded.
        await this.duplicate(fresh, `weights.${randomBytes(6).toString('hex')}.bin`, WEIGHTS);
      } else {
        await rename(this.at(fresh), this.at(WEIGHTS));
      }
      await this.replaceModel(atRest, id);
    } finally {
      await this.clear(fresh);
    }
    return {modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts)};
  }

  /** @throws if there is no model, or not a whole one. `path` is a `model.json` or the folder that holds it. */
  async load(): Promise<io.ModelArtifacts> {
    const found = await stat(this.path).catch(() => undefined);
    const path = found?.isDirectory() ? this.at(MODEL) : this.path;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const {text, identity} = await readModel(path).catch((error: NodeJS.ErrnoException) => {
        throw invalid(OWNER, 'path', `a ${MODEL} or the folder that holds one (${error.code})`, this.path);
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

  private at(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file that nothing names yet; on return its bytes are on the disk. */
  private async write(name: string, buffers: Uint8Array[]): Promise<void> {
    try {
      const file = await open(this.at(name), 'wx');
      try {
        for (const buffer of buffers) await file.writeFile(buffer);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(this.at(name), {force: true});
      throw error;
    }
  }

  private async replaceModel(json: string, id: string): Promise<void> {
    const temporary = `${MODEL}.${id}.tmp`;
    await this.write(temporary, [Buffer.from(json)]);
    try {
      await rename(this.at(temporary), this.at(MODEL));
    } catch (error) {
      await rm(this.at(temporary), {force: true});
      throw error;
    }
  }

  /** Puts `from`'s content under the name `to` as well, without a moment in which `to` is not whole. */
  private async duplicate(from: string, temporary: string, to: string): Promise<void> {
    // Some file systems know no second name for a file.
    await link(this.at(from), this.at(temporary)).catch(() => copyFile(this.at(from), this.at(temporary)));
    await rename(this.at(temporary), this.at(to));
  }

  /** Removes `fresh`, unless a save that failed halfway needs it, and what older saves left behind. */
  private async clear(fresh: string): Promise<void> {
    const model = await readFile(this.at(MODEL), 'utf8').catch(() => '');
    for (const name of await readdir(this.path)) {
      if (!LEFTOVER.test(name) || model.includes(name)) continue;
      const age = Date.now() - ((await stat(this.at(name)).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (name === fresh || age > LEFTOVER_AGE_MILLISECONDS) await rm(this.at(name), {force: true});
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
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

/** With the keys, and in the order, of tfjs-node's handler. */
function modelJson(artifacts: io.ModelArtifacts, weights: string): string {
  const {modelTopology, format, generatedBy, convertedBy, trainingConfig, signature} = artifacts;
  const {userDefinedMetadata, modelInitializer, initializerSignature} = artifacts;
  return JSON.stringify({
    modelTopology,
    weightsManifest: [{paths: [weights], weights: artifacts.weightSpecs ?? []}],
    format,
    generatedBy,
    convertedBy,
    ...(trainingConfig && {trainingConfig}),
    ...(signature && {signature}),
    ...(userDefinedMetadata && {userDefinedMetadata}),
    ...(modelInitializer && {modelInitializer}),
    ...(initializerSignature && {initializerSignature}),
  });
}

function weightBuffers(data: io.WeightData | undefined): Uint8Array[] {
  if (data === undefined) return [];
  return (Array.isArray(data) ? data : [data]).map((piece) => new Uint8Array(piece));
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

/**
 * A handler for `model.save` and `loadLayersModel` that keeps a model in the folder `path`.
 *
 * @param path A folder, which saving creates; for loading also a `model.json`. A path, `file://<path>` or a URL.
 */
export function fileSystem(path: string | URL): io.IOHandler {
  if (path instanceof URL) return new FileSystem(fileURLToPath(path));
  if (typeof path !== 'string' || path === '' || path === SCHEME) {
    throw invalid(OWNER, 'path', 'a path or a file URL', path);
  }
  return new FileSystem(resolve(path.startsWith(SCHEME) ? path.slice(SCHEME.length) : path));
}

const SCHEME = 'file://';
type Router = Parameters<typeof io.registerLoadRouter>[0];

/** Whether one of our routers is asking the others; shared between copies of this package. */
const ASKING = Symbol.for('tfjs-discrete.asking');
const shared = globalThis as {[ASKING]?: boolean};

/** Answers `file://` where nobody else does: TensorFlow.js refuses a URL that two routers answer. */
function giveWay(handlersOf: (url: string | string[], options?: io.LoadOptions) => io.IOHandler[]): Router {
  return (url, options) => {
    const nobody = null as unknown as io.IOHandler;
    if (shared[ASKING] || typeof url !== 'string' || !url.startsWith(SCHEME)) return nobody;
    shared[ASKING] = true;
    try {
      return handlersOf(url, options).length > 0 ? nobody : fileSystem(url);
    } finally {
      shared[ASKING] = false;
    }
  };
}

/** Makes `model.save('file://…')` and `loadLayersModel('file://…')` work; tfjs-node's handler goes first. */
export function registerFileScheme(): void {
  const ours = (handler: io.IOHandler) => BRAND in handler;
  if (io.getSaveHandlers(`${SCHEME}/`).some(ours)) return;
  io.registerSaveRouter(giveWay(io.getSaveHandlers));
  io.registerLoadRouter(giveWay(io.getLoadHandlers));
}
