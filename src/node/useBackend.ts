import util from 'node:util';
import {getBackend, setBackend} from '@tensorflow/tfjs-core';
import {invalid, oneOf, wholeNumber} from '../functional/validate.js';
import {installTrainingKernels, type TrainingKernels} from '../wasm/index.js';
import {firstLine, importOptional, NOT_INSTALLED, Unusable} from './importOptional.js';
import {setThreads} from './threads/index.js';

const OWNER = 'useBackend';

/** Backends that `useBackend` can start; `auto` chooses. */
export type BackendName = 'auto' | 'wasm' | 'tensorflow' | 'webgpu' | 'cpu';

/** How `useBackend` sets a backend up. */
export interface BackendOptions {
  /**
   * With wasm: how many threads share large products of matrices and large layers of gates, this one included, 1 to 64.
   * Default 1, which also ends threads of an earlier call. Products are the same bit for bit; sums over a batch of gates
   * are added up in parts. A thread keeps memory of its own as large as its share of the largest operands, outside of
   * what `tf.memory()` counts. The other backends see to their threads themselves.
   */
  threads?: number;
}

/** What `useBackend` took, and why. */
export interface BackendChoice {
  /** The backend's name in TensorFlow.js: what `tf.getBackend()` answers now. */
  readonly backend: string;
  /** The npm package that it comes from. */
  readonly package: string;
  /** Why this backend was chosen. */
  readonly reason: string;
  /** Packages that would have gone first, and what was the matter with each. */
  readonly passedOver: readonly {readonly package: string; readonly reason: string}[];
  /** With wasm: the kernels for training that this package has added, and how to take them back. */
  readonly trainingKernels?: TrainingKernels;
  /** Backend, package and reasons in one line to print. */
  readonly message: string;
}

interface Candidate {
  readonly backend: string;
  readonly package: string;
  /** Imports the package, which registers the backend. @throws `Unusable` */
  readonly load: () => Promise<unknown>;
}

const CANDIDATES: readonly Candidate[] = [
  {
    backend: 'tensorflow',
    package: '@tensorflow/tfjs-node-gpu',
    load: () => loadNode('@tensorflow/tfjs-node-gpu'),
  },
  {backend: 'tensorflow', package: '@tensorflow/tfjs-node', load: () => loadNode('@tensorflow/tfjs-node')},
  {
    backend: 'wasm',
    package: '@tensorflow/tfjs-backend-wasm',
    load: () => importOptional('@tensorflow/tfjs-backend-wasm'),
  },
  {backend: 'webgpu', package: '@tensorflow/tfjs-backend-webgpu', load: loadWebGpu},
  {
    backend: 'cpu',
    package: '@tensorflow/tfjs-backend-cpu',
    load: () => importOptional('@tensorflow/tfjs-backend-cpu'),
  },
];

/** More share nothing worth a copy, and each keeps memory of its own. */
const MOST_THREADS = 64;

const INSTALL = {
  tensorflow: '@tensorflow/tfjs-node',
  wasm: '@tensorflow/tfjs-backend-wasm',
  webgpu: '@tensorflow/tfjs-backend-webgpu webgpu',
  cpu: '@tensorflow/tfjs-backend-cpu',
};

/** `auto` takes the first that works. WebGPU in Node is for those who ask for it. */
const PREFERRED = ['tensorflow', 'wasm', 'cpu'];

/**
 * Loads a backend's package, if installed, and makes it TensorFlow.js's backend.
 *
 * `auto` prefers tfjs-node-gpu, then tfjs-node, then wasm, then plain JavaScript. A package that is
 * installed but does not load (tfjs-node without its addon, say) is passed over, and the answer tells why.
 * With wasm come the kernels that its backend lacks for training, or has too slow (`tfjs-discrete/wasm`).
 * Nothing is printed: `console.log((await useBackend()).message)` does.
 *
 * @throws if `name` is unknown, or if nothing that it stands for can be had; the backend stays as it was then.
 * @example
 * const {message} = await useBackend('wasm', {threads: 2});
 * console.log(message);
 */
export async function useBackend(
  name: BackendName = 'auto',
  {threads = 1}: BackendOptions = {},
): Promise<BackendChoice> {
  oneOf(OWNER, 'name', name, ['auto', 'wasm', 'tensorflow', 'webgpu', 'cpu']);
  if (wholeNumber(OWNER, 'threads', threads, 1) > MOST_THREADS) {
    throw invalid(OWNER, 'threads', `at most ${MOST_THREADS}`, threads);
  }
  const wanted = CANDIDATES.filter(({backend}) =>
    name === 'auto' ? PREFERRED.includes(backend) : backend === name,
  );
  const before = getBackend();
  const passedOver: {package: string; reason: string}[] = [];
  for (const candidate of wanted) {
    try {
      await candidate.load();
      await start(candidate.backend);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      passedOver.push({package: candidate.package, reason: error.message});
      continue;
    }
    try {
      await setThreads(candidate.backend === 'wasm' ? threads : 1);
    } catch (error) {
      if (before) await setBackend(before);
      throw invalid(OWNER, 'threads', `as many as can be started here (${firstLine(error)})`, threads);
    }
    const choice = describe(name, candidate, passedOver);
    return candidate.backend === 'wasm' ? {...choice, trainingKernels: installTrainingKernels()} : choice;
  }
  if (before) await setBackend(before);
  const reasons = passedOver.map((other) => `${other.package} ${other.reason}`).join('; ');
  const remedy = reasons.includes(NOT_INSTALLED)
    ? `; npm install ${INSTALL[name === 'auto' ? 'wasm' : name]}`
    : '';
  const requirement = `a backend that can be loaded here (${reasons}${remedy})`;
  throw invalid(OWNER, 'name', requirement, name);
}

function describe(
  name: BackendName,
  candidate: Candidate,
  passedOver: {package: string; reason: string}[],
): BackendChoice {
  const reason =
    name === 'auto' ? 'the first choice among those that can be loaded here' : `'${name}' was asked for`;
  const others = passedOver.map((other) => `; ${other.package} ${other.reason}`).join('');
  return {
    backend: candidate.backend,
    package: candidate.package,
    reason,
    passedOver,
    message: `Backend: ${candidate.backend}, from ${candidate.package} (${reason}${others}).`,
  };
}

/** @throws `Unusable` */
async function start(backend: string): Promise<void> {
  const started = await Promise.resolve(setBackend(backend)).catch((error: unknown) => {
    throw new Unusable(`does not start: ${firstLine(error)}`);
  });
  if (!started) throw new Unusable('does not start');
}

async function loadNode(name: string): Promise<void> {
  // Node 23 dropped what tfjs-node 4.22 calls before its first operation.
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
