import type {CircuitWorker} from './CircuitWorkers.js';
import {NODE_PROGRAM} from './workerProgram.js';

/** Starts a thread in Node. In a bundle for pages, `startWorker.browser.ts` stands in for this file. */
export async function startWorker(): Promise<CircuitWorker> {
  const {Worker} = await import('node:worker_threads');
  const worker = new Worker(NODE_PROGRAM, {eval: true, name: 'tfjs-discrete circuit'});
  worker.unref(); // a program may end without stopping it
  return {
    post: (message, transfer) => worker.postMessage(message, transfer as never),
    listen(onMessage, onError) {
      worker.on('message', onMessage);
      worker.on('error', (error) => onError(error as Error));
      worker.on('exit', (code) => onError(new Error(`a worker ended with code ${code}`)));
    },
    hold: () => worker.ref(),
    release: () => worker.unref(),
    async stop() {
      worker.removeAllListeners();
      await worker.terminate();
    },
  };
}

/** How many threads the machine has. */
export function hardwareThreads(): number {
  return globalThis.navigator?.hardwareConcurrency ?? 2;
}
