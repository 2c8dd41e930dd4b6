/**
 * How often a thread looks whether it is its turn before it falls asleep, a fraction of a millisecond: the next routine
 * of a model follows soon, and waking a thread may take longer than a product.
 */
export const SPINS = 40_000;

/**
 * The program of a worker thread. It sleeps until word 0 of the memory changes, calls the routine that the message
 * names, for panels of the width that follows and with the numbers after that, and writes the new value of word 0 into word 1, or its complement if the routine
 * failed. It is a string because bundlers would not find a file.
 */
export const WORKER_PROGRAM = `
const SPINS = ${SPINS};
const {parentPort, workerData: {module, memory, routines}} = require('node:worker_threads');
const {exports} = new WebAssembly.Instance(module, {env: {memory}});
const words = new Int32Array(memory.buffer, 0, 2);
const message = new Float64Array(memory.buffer, 64, 32);
parentPort.postMessage('ready');
for (let done = 0; ; ) {
  for (let i = 0; i < SPINS && Atomics.load(words, 0) === done; i++);
  Atomics.wait(words, 0, done);
  done = Atomics.load(words, 0);
  const [routine, panelWidth, count, ...args] = message;
  let result = done;
  try {
    exports.setPanelWidth(panelWidth);
    exports[routines[routine]](...args.slice(0, count));
  } catch {
    result = ~done;
  }
  Atomics.store(words, 1, result);
  Atomics.notify(words, 1);
}
`;
