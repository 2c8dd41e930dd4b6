import {resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {io} from '@tensorflow/tfjs-core';
import {invalid} from '../functional/validate.js';
import {loadModel} from './loadModel.js';
import {OWNER} from './modelFolder.js';
import {saveModel} from './saveModel.js';

export const SCHEME = 'file://';

/** Lets a second copy of this package (ESM beside CommonJS) recognize our handlers. */
const BRAND = Symbol.for('tfjs-discrete.FileSystem');

/**
 * Saves models to a folder and loads them, laid out as tfjs-node's `file://` handler does (4.22):
 * `model.json`, and `weights.bin` beside it. Either loads what the other saved.
 */
class FileSystem implements io.IOHandler {
  readonly [BRAND] = true;

  constructor(private readonly path: string) {}

  save(artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
    return saveModel(this.path, artifacts);
  }

  load(): Promise<io.ModelArtifacts> {
    return loadModel(this.path);
  }
}

/**
 * A handler for `model.save` and `loadLayersModel` that keeps a model in the folder `path`.
 *
 * @param path A folder, which saving creates; for loading also a `model.json`. A path, `file://<path>` or a URL.
 * @example
 * await model.save(fileSystem('my-model'), {includeOptimizer: true});
 * const loaded = await tf.loadLayersModel(fileSystem('my-model'));
 */
export function fileSystem(path: string | URL): io.IOHandler {
  if (path instanceof URL) return new FileSystem(fileURLToPath(path));
  if (typeof path !== 'string' || path === '' || path === SCHEME) {
    throw invalid(OWNER, 'path', 'a path or a file URL', path);
  }
  return new FileSystem(resolve(path.startsWith(SCHEME) ? path.slice(SCHEME.length) : path));
}

/** Whether `handler` is ours, of whichever copy of this package. */
export function isFileSystem(handler: io.IOHandler): boolean {
  return BRAND in handler;
}
