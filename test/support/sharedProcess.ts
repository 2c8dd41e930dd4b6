import {
  AdamOptimizer,
  engine,
  env,
  getKernelsForBackend,
  type KernelConfig,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import {LayersModel} from '@tensorflow/tfjs-layers';
import {afterAll, expect, vi} from 'vitest';

const BACKENDS = ['cpu', 'wasm'];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];

const kernelsByName = (backend: string): Map<string, KernelConfig> =>
  new Map(getKernelsForBackend(backend).map((kernel) => [kernel.kernelName, kernel]));

/** What test files of this package have changed beyond its modules, by name. */
function globalState(): Map<string, unknown> {
  const state = new Map<string, unknown>([
    ['AdamOptimizer.prototype.applyGradients', AdamOptimizer.prototype.applyGradients],
    ['LayersModel.prototype.makeTrainFunction', Reflect.get(LayersModel.prototype, 'makeTrainFunction')],
    ['process.cwd()', process.cwd()],
    ['process.exitCode', process.exitCode],
  ]);
  const methods = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(engine()));
  for (const [name, {value}] of Object.entries(methods))
    if (typeof value === 'function') state.set(`engine().${name}`, Reflect.get(engine(), name));
  for (const name of BACKENDS) state.set(`the backend ${name}`, engine().findBackend(name) ?? undefined);
  for (const [name, value] of Object.entries(env().getFlags())) state.set(`the flag ${name}`, value);
  for (const [name, value] of Object.entries(process.env)) state.set(`process.env.${name}`, value);
  for (const signal of SIGNALS) state.set(`listeners for ${signal}`, process.listenerCount(signal));
  return state;
}

/** Backends start and flags are looked up when they are first used. */
const comesLate = (name: string) => name.startsWith('the backend ') || name.startsWith('the flag ');

const kernels = BACKENDS.map(kernelsByName);
const before = globalState();

/**
 * Test files that share a process start alike: TensorFlow.js stays, but its backends have no kernels besides their own, and
 * the package's modules are loaded anew. A file that leaves the state above changed fails here: it needs a process of its own
 * (vitest.config.ts).
 */
afterAll(() => {
  const changed: string[] = [];
  BACKENDS.forEach((backend, i) => {
    const now = kernelsByName(backend);
    for (const name of now.keys()) if (!kernels[i]!.has(name)) unregisterKernel(name, backend);
    for (const [name, kernel] of kernels[i]!)
      if (now.get(name) !== kernel) changed.push(`the kernel ${name} on ${backend}`);
  });
  const after = globalState();
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const isFirst = before.get(name) === undefined && comesLate(name);
    if (!isFirst && before.get(name) !== after.get(name)) changed.push(name);
  }
  vi.resetModules();
  expect(changed, 'left changed').toEqual([]);
});
