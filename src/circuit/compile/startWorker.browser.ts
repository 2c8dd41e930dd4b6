import type {CircuitWorker} from './CircuitWorkers.js';
import {WEB_PROGRAM} from './workerProgram.js';

/** Starts a Web Worker. */
export async function startWorker(): Promise<CircuitWorker> {
  const address = URL.createObjectURL(new Blob([WEB_PROGRAM], {type: 'text/javascript'}));
  const worker = new Worker(address, {name: 'tfjs-discrete circuit'});
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen(onMessage, onError) {
      worker.onmessage = ({data}) => onMessage(data);
      worker.onerror = ({message}) => onError(new Error(message));
    },
    hold: () => {},
    release: () => {},
    async stop() {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}

/** How many threads the machine has. */
export function hardwareThreads(): number {
  return navigator.hardwareConcurrency ?? 2;
}
