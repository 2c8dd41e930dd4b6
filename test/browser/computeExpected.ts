import {readFileSync} from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import {setBackend, type Tensor} from '@tensorflow/tfjs-core';
import {loadLayersModel} from '@tensorflow/tfjs-layers';
import {callbacks, functional} from 'tfjs-discrete';
import {fileSystem} from 'tfjs-discrete/node';
import {type Expected, type Run, UNIFORMS} from './Expected.js';
import {buildModel, FIT, samples} from './model.js';

/** Computes in Node what a page must reproduce, and saves the model that was trained on cpu in `folder`. */
export async function computeExpected(folder: string): Promise<Expected> {
  await setBackend('cpu');
  const uniforms = [...functional.randomUniform(UNIFORMS.shape, UNIFORMS.key).dataSync()];
  const {xs, ys} = samples();
  const histories: Record<string, Run['history']> = {};
  for (const backend of ['cpu', 'wasm'] as const) {
    await setBackend(backend);
    const model = buildModel();
    const {history} = await model.fit(xs, ys, {...FIT, callbacks: callbacks.monitors()});
    histories[backend] = history as Run['history'];
    if (backend === 'cpu') await model.save(fileSystem(folder));
  }
  const run = async (backend: 'cpu' | 'wasm'): Promise<Run> => {
    await setBackend(backend);
    const model = await loadLayersModel(fileSystem(folder));
    const predictions = [...(model.predict(xs) as Tensor).dataSync()];
    const samples = [...(model.apply(xs, {training: true}) as Tensor).dataSync()];
    return {history: histories[backend]!, predictions, samples};
  };
  const trajectories = JSON.parse(
    readFileSync(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8'),
  );
  return {uniforms, cpu: await run('cpu'), wasm: await run('wasm'), trajectories};
}
