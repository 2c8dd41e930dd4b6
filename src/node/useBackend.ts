import util from 'node:util';
import {getBackend, setBackend} from '@tensorflow/tfjs-core';
import {invalid} from '../functional/validate.js';
import {usesGpu} from '../kernels/index.js';
import {installTrainingKernels} from '../wasm/index.js';
import {canWiden, setVectorWidth, type VectorWidth, vectorWidth} from '../wasm/vectors.js';
import {installWebGpuKernels} from '../webgpu/index.js';
import {
  applyWasmPaths,
  type BackendChoice,
  type BackendName,
  type BackendOptions,
  checkedOptions,
} from './backendOptions.js';
import {importOptional, NOT_INSTALLED} from './importOptional.js';
import {describeChoice, firstLine, startBackend, Unusable} from './startBackend.js';
import {setThreads} from './threads/index.js';
import {type Widening, widenVectors} from './wideVectors.js';

const OWNER = 'useBackend';

interface Candidate {
  readonly backend: string;
  readonly package: string;
  /** Imports the package, which registers the backend. @throws `Unusable` */
  readonly load: (options: BackendOptions) => Promise<unknown>;
  /** Whether it is used only if it computes on a GPU. */
  readonly requiresGpu?: boolean;
}

const NATIVE_GPU: Candidate = {
  backend: 'tensorflow',
  package: '@tensorflow/tfjs-node-gpu',
  load: () => loadNode('@tensorflow/tfjs-node-gpu'),
};
const NATIVE: Candidate = {
  backend: 'tensorflow',
  package: '@tensorflow/tfjs-node',
  load: () => loadNode('@tensorflow/tfjs-node'),
};
const WASM: Candidate = {
  backend: 'wasm',
  package: '@tensorflow/tfjs-backend-wasm',
  load: async ({wasmPaths}) =>
    applyWasmPaths(await importOptional('@tensorflow/tfjs-backend-wasm'), wasmPaths),
};
const WEBGPU: Candidate = {
  backend: 'webgpu',
  package: '@tensorflow/tfjs-backend-webgpu',
  load: loadWebGpu,
};
const WEBGL: Candidate = {
  backend: 'webgl',
  package: '@tensorflow/tfjs-backend-webgl',
  load: async () => {
    throw new Unusable('runs in a browser only');
  },
};
const CPU: Candidate = {
  backend: 'cpu',
  package: '@tensorflow/tfjs-backend-cpu',
  load: () => importOptional('@tensorflow/tfjs-backend-cpu'),
};

/**
 * The candidates for each name; the first that works is used. On a CPU, native TensorFlow was measured 1.5 to 1.9 times
 * slower than wasm with our kernels on the binary network, level on the autoencoder and 10 times slower on logic gates.
 */
const CANDIDATES: Readonly<Record<BackendName, readonly Candidate[]>> = {
  auto: [{...NATIVE_GPU, requiresGpu: true}, WASM, NATIVE, CPU],
  tensorflow: [NATIVE_GPU, NATIVE],
  wasm: [WASM],
  webgpu: [WEBGPU],
  webgl: [WEBGL],
  cpu: [CPU],
};

const INSTALL: Readonly<Record<BackendName, string>> = {
  auto: '@tensorflow/tfjs-backend-wasm',
  tensorflow: '@tensorflow/tfjs-node',
  wasm: '@tensorflow/tfjs-backend-wasm',
  webgpu: '@tensorflow/tfjs-backend-webgpu webgpu',
  webgl: '@tensorflow/tfjs-backend-webgl',
  cpu: '@tensorflow/tfjs-backend-cpu',
};

/**
 * Loads a backend's package, if installed, and makes it TensorFlow.js's backend.
 *
 * `auto` prefers tfjs-node-gpu if that really uses a GPU, then wasm, then tfjs-node, then plain JavaScript: without a GPU,
 * wasm is the fastest of them. A package that is installed but does not load (tfjs-node without its addon, say) is passed
 * over, and the result says why. With wasm, it installs the training kernels that the backend lacks or computes slowly
 * (`tfjs-discrete/wasm`); with webgpu, this package's kernels for it (`tfjs-discrete/webgpu`). Nothing is printed:
 * `console.log((await useBackend()).message)` does.
 *
 * @throws If `name` or an option is invalid, or if no candidate can be used; the backend then stays as it was.
 * @example
 * const {message} = await useBackend('wasm', {threads: 2});
 * console.log(message);
 */
export async function useBackend(
  name: BackendName = 'auto',
  options: BackendOptions = {},
): Promise<BackendChoice> {
  const {threads, vectors} = checkedOptions(name, options);
  const before = getBackend();
  const passedOver: {package: string; reason: string}[] = [];
  for (const candidate of CANDIDATES[name]) {
    try {
      await candidate.load(options);
      await start(candidate);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      passedOver.push({package: candidate.package, reason: error.message});
      continue;
    }
    const isWasm = candidate.backend === 'wasm';
    const widthBefore = vectorWidth();
    const widening = isWasm ? widen(vectors) : undefined;
    try {
      await setThreads(isWasm ? threads : 1);
    } catch (error) {
      setVectorWidth(widthBefore);
      if (before) await setBackend(before);
      throw invalid(OWNER, 'threads', `as many as can be started here (${firstLine(error)})`, threads);
    }
    return describe(name, candidate, passedOver, widening);
  }
  if (before) await setBackend(before);
  const reasons = passedOver.map((other) => `${other.package} ${other.reason}`).join('; ');
  const remedy = reasons.includes(NOT_INSTALLED) ? `; npm install ${INSTALL[name]}` : '';
  throw invalid(OWNER, 'name', `a backend that can be loaded here (${reasons}${remedy})`, name);
}

function widen(vectors: VectorWidth | undefined): Widening {
  if (vectors === 256) return widenVectors();
  setVectorWidth(vectors);
  return {vectors: vectorWidth()};
}

function describe(
  name: BackendName,
  candidate: Candidate,
  passedOver: {package: string; reason: string}[],
  widening: Widening | undefined,
): BackendChoice {
  const gpu = candidate.backend === 'tensorflow' ? (usesGpu() ? ', on a GPU' : ', on the CPU') : '';
  const reason = `${name === 'auto' ? REASONS[candidate.package]! : `'${name}' was asked for`}${gpu}`;
  const {backend, package: from} = candidate;
  return {
    backend,
    package: from,
    reason,
    passedOver,
    ...(widening && {trainingKernels: installTrainingKernels(), vectors: widening.vectors}),
    ...(backend === 'webgpu' && {trainingKernels: installWebGpuKernels()}),
    message: `${describeChoice(backend, from, reason, passedOver)}${aboutVectors(widening)}`,
  };
}

/** Why `auto` chose a package. */
const REASONS: Readonly<Record<string, string>> = {
  [NATIVE_GPU.package]: 'the fastest of those that can be loaded here',
  [WASM.package]: 'the fastest without a GPU',
  [NATIVE.package]: 'the fastest without wasm',
  [CPU.package]: 'the only one that can be loaded here',
};

function aboutVectors(widening: Widening | undefined): string {
  if (widening === undefined) return '';
  const {vectors, fallback} = widening;
  if (fallback !== undefined) return ` 128-bit vectors: ${fallback}.`;
  if (vectors === 256) return ' 256-bit vectors.';
  return canWiden() ? ' 128-bit vectors: {vectors: 256} can make matrix products faster here.' : '';
}

/** @throws `Unusable` */
async function start({backend, requiresGpu}: Candidate): Promise<void> {
  await startBackend(backend);
  if (requiresGpu && !usesGpu()) throw new Unusable('finds no GPU to use');
}

async function loadNode(name: string): Promise<void> {
  // tfjs-node 4.22 calls this before its first operation; Node 23 removed it.
  (util as {isNullOrUndefined?: (value: unknown) => boolean}).isNullOrUndefined ??= (value) => value == null;
  await importOptional(name);
}

async function loadWebGpu(): Promise<void> {
  await provideGpu();
  await importOptional('@tensorflow/tfjs-backend-webgpu');
}

/** `navigator.gpu`, as browsers have it, from npm's `webgpu` (Dawn). @throws `Unusable` */
async function provideGpu(): Promise<void> {
  const scope = globalThis as {navigator?: {gpu?: {requestAdapter(): Promise<unknown>}}};
  if (scope.navigator?.gpu === undefined) {
    const {create, globals} = await importOptional('webgpu').catch((error: Unusable) => {
      throw new Unusable(`needs webgpu, which ${error.message}`);
    });
    Object.assign(globalThis, globals);
    if (scope.navigator === undefined) {
      Object.defineProperty(globalThis, 'navigator', {value: {}, configurable: true, writable: true});
    }
    Object.defineProperty(scope.navigator, 'gpu', {value: create([]), configurable: true, writable: true});
  }
  const adapter = await scope.navigator!.gpu!.requestAdapter();
  if (adapter === null) throw new Unusable('finds no GPU: a Vulkan, Metal or Direct3D 12 driver is needed');
}
