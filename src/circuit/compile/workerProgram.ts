import {LOADER} from './loader.js';

/**
 * What a worker thread runs, as text, since a bundler would not find it as a file. Its first message is the module; each
 * of the others is a piece of a batch, which it answers with the scores, or with what went wrong.
 */
const PROGRAM = `
${LOADER.replace('export ', '')}
let circuit;
async function answer(message) {
  if (message.module !== undefined) {
    circuit = await loadCircuit(message.module);
    return {ready: true};
  }
  try {
    const scores = circuit.evaluate(message.batch);
    return {scores};
  } catch (error) {
    return {error: String(error.message)};
  }
}
`;

/** For Node's worker_threads. */
export const NODE_PROGRAM = `${PROGRAM}
const {parentPort} = require('node:worker_threads');
parentPort.on('message', async (message) => {
  const reply = await answer(message);
  parentPort.postMessage(reply, reply.scores ? [reply.scores.buffer] : []);
});
`;

/** For Web Workers. */
export const WEB_PROGRAM = `${PROGRAM}
onmessage = async ({data}) => {
  const reply = await answer(data);
  postMessage(reply, reply.scores ? [reply.scores.buffer] : []);
};
`;
