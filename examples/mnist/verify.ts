import {fork} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import type {Tensor} from '@tensorflow/tfjs-core';
import type {BackendName} from 'tfjs-discrete/node';

/** What the fresh process is sent. */
export interface Question {
  /** The saved model. */
  readonly path: string;
  readonly backend: BackendName;
  readonly shape: number[];
  readonly images: Float32Array;
}

/** The same batches on both sides: another size may add up in another order. */
export const BATCH = {batchSize: 500};

/**
 * Loads a saved model in a fresh process and lets it predict the same images there.
 *
 * @param path The saved model.
 * @param backend The one in use here.
 * @param predicted What the model predicted here.
 * @returns How many of the numbers differ in any bit: 0 when all is well.
 */
export async function verify(
  path: string,
  backend: BackendName,
  images: Tensor,
  predicted: Float32Array,
): Promise<number> {
  const values = (await images.data()) as Float32Array;
  const here = bits(predicted);
  const there = bits(await ask({path, backend, shape: images.shape, images: values}));
  return here.reduce((differing, value, index) => differing + (value === there[index] ? 0 : 1), 0);
}

const bits = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

/** `fork` hands on the loader that runs this TypeScript. */
async function ask(question: Question): Promise<Float32Array> {
  const child = fork(fileURLToPath(new URL('./freshProcess.ts', import.meta.url)), {
    serialization: 'advanced',
  });
  const answer = new Promise<Float32Array>((resolve, reject) => {
    child.once('message', (values) => resolve(values as Float32Array));
    child.once('exit', (code) =>
      reject(new Error(`The process that loads ${question.path} ended with ${code}.`)),
    );
  });
  const gone = once(child, 'exit');
  child.send(question);
  const values = await answer;
  child.disconnect();
  await gone;
  return values;
}
