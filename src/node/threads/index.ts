import {setWorkerPool} from '../../wasm/workerPool.js';
import {MODULE} from './module.generated.js';
import {PoolWorker} from './PoolWorker.js';

let workers: PoolWorker[] = [];
let latest: Promise<void> = Promise.resolve();

/**
 * Shares large matrix products and large layers of gates on the wasm backend among `threads` threads, the calling one
 * included. The others work on copies of their operands in memory of their own, since the memory of TensorFlow.js's
 * single-threaded backend cannot be shared. Of several calls at once, the last one counts.
 */
export function setThreads(threads: number): Promise<void> {
  latest = latest.catch(() => undefined).then(() => resize(threads));
  return latest;
}

async function resize(threads: number): Promise<void> {
  setWorkerPool(undefined);
  const previous = workers;
  workers = previous.filter((worker) => !worker.hasFailed).slice(0, threads - 1);
  await Promise.all(previous.filter((worker) => !workers.includes(worker)).map((worker) => worker.stop()));
  if (threads === 1) return;
  const module = await WebAssembly.compile(Buffer.from(MODULE, 'base64'));
  while (workers.length < threads - 1) workers.push(await PoolWorker.create(module));
  setWorkerPool({
    size: workers.length,
    start: (worker, ...work) => workers[worker]!.start(...work),
  });
}
