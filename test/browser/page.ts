import '@tensorflow/tfjs-backend-cpu'; // what every other backend is compared with; `useBackend` imports the others
import {backend as currentBackend, setBackend} from '@tensorflow/tfjs-core';
import {type BackendName, useBackend} from 'tfjs-discrete';
import {checksOn} from './checks.js';
import type {Expected} from './Expected.js';

/** What scripts/browser.mjs calls in the page. */
export interface Lane {
  /** @returns the names of the checks, or why this browser does not have the backend. @throws where it fails to start. */
  start(backend: string): Promise<{names: string[]; message: string} | {missing: string}>;
  run(name: string, backend: string, expected: Expected): Promise<{passed: boolean; details: string}>;
}

/** Why the browser has nothing for this backend to run on; undefined where it does. */
async function whatIsMissing(backend: string): Promise<string | undefined> {
  if (backend === 'webgl' && document.createElement('canvas').getContext('webgl2') === null)
    return 'no WebGL 2';
  if (backend !== 'webgpu') return undefined;
  const {gpu} = navigator as unknown as {gpu?: {requestAdapter(): Promise<object | null>}};
  if (gpu === undefined) return 'no navigator.gpu';
  return (await gpu.requestAdapter()) === null ? 'no WebGPU adapter' : undefined;
}

/** What the device objected to since the last look: WebGPU drops what it finds invalid, and goes on. */
const objections: string[] = [];

function listenToDevice(): void {
  const {device} = currentBackend() as unknown as {device?: EventTarget};
  device?.addEventListener('uncapturederror', (event) => {
    objections.push((event as unknown as {error: Error}).error.message);
  });
}

const lane: Lane = {
  async start(backend) {
    const missing = await whatIsMissing(backend);
    if (missing !== undefined) return {missing};
    const options = backend === 'wasm' ? {wasmPaths: '/wasm'} : {};
    const {trainingKernels, message} = await useBackend(backend as BackendName, options);
    trainingKernels?.restore(); // a check of its own installs them
    listenToDevice();
    return {names: Object.keys(checksOn(backend)), message};
  },
  async run(name, backend, expected) {
    try {
      await setBackend(backend);
      const details = await checksOn(backend)[name]!({backend, expected});
      const [objection] = objections.splice(0);
      return objection === undefined ? {passed: true, details} : {passed: false, details: objection};
    } catch (error) {
      return {
        passed: false,
        details: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
    }
  },
};

Object.assign(window, {lane});
