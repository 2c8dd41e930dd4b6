/**
 * What a member of the crew runs. It sleeps until word 0 of the memory changes, multiplies what the message says, writes
 * the new value of word 0 into word 1, and sleeps again. As text, since a bundler would not find it as a file.
 */
export const MEMBER_PROGRAM = `
const {parentPort, workerData: {module, memory, wide}} = require('node:worker_threads');
const {exports} = new WebAssembly.Instance(module, {env: {memory}});
if (wide) exports.widenPanels();
const words = new Int32Array(memory.buffer, 0, 2);
const message = new Float64Array(memory.buffer, 64, 20);
parentPort.postMessage('ready');
for (let done = 0; ; ) {
  Atomics.wait(words, 0, done);
  done = Atomics.load(words, 0);
  exports.gemm(...message);
  Atomics.store(words, 1, done);
  Atomics.notify(words, 1);
}
`;
