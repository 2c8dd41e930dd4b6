import {io} from '@tensorflow/tfjs-core';
import {fileSystem, isFileSystem, SCHEME} from './fileSystem.js';

type Router = Parameters<typeof io.registerLoadRouter>[0];

/** Whether one of our routers is asking the others; shared between copies of this package. */
const ASKING = Symbol.for('tfjs-discrete.asking');
const shared = globalThis as {[ASKING]?: boolean};

/** Handles `file://` where nothing else does: TensorFlow.js rejects a URL that two routers handle. */
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
  if (io.getSaveHandlers(`${SCHEME}/`).some(isFileSystem)) return;
  io.registerSaveRouter(giveWay(io.getSaveHandlers));
  io.registerLoadRouter(giveWay(io.getLoadHandlers));
}
