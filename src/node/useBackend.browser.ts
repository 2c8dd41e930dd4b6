import {findBackendFactory, getBackend, setBackend} from '@tensorflow/tfjs-core';
import {invalid} from '../functional/validate.js';
import {
  applyWasmPaths,
  type BackendChoice,
  type BackendName,
  type BackendOptions,
  checkedOptions,
} from './backendOptions.js';
import {describeChoice, firstLine, startBackend, Unusable} from './startBackend.js';

const OWNER = 'useBackend';

type PageBackend = Exclude<BackendName, 'auto' | 'tensorflow'>;

/** In the order in which `auto` prefers them. */
const REASONS: Readonly<Record<PageBackend, string>> = {
  wasm: 'the fastest for small and medium models',
  webgpu: 'the fastest without wasm',
  webgl: 'the fastest without wasm and WebGPU',
  cpu: 'the only one that can be loaded here',
};

/** `useBackend` in a page or a worker of it; a bundle for Node has `useBackend.ts` instead. See there for what it does. */
export async function useBackend(
  name: BackendName = 'auto',
  options: BackendOptions = {},
): Promise<BackendChoice> {
  const {threads, vectors, wasmPaths} = checkedOptions(name, options);
  if (name === 'tensorflow') {
    throw invalid(OWNER, 'name', "'auto', 'wasm', 'webgpu', 'webgl' or 'cpu' in a page", name);
  }
  if (threads > 1)
    throw invalid(OWNER, 'threads', 'left out in a page, where kernels use one thread', threads);
  if (vectors === 256)
    throw invalid(OWNER, 'vectors', 'left out in a page, whose flags cannot be set', vectors);
  const before = getBackend();
  const passedOver: {package: string; reason: string}[] = [];
  for (const backend of name === 'auto' ? (Object.keys(REASONS) as PageBackend[]) : [name]) {
    const from = `@tensorflow/tfjs-backend-${backend}`;
    try {
      await load(backend, wasmPaths);
      await startBackend(backend);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      passedOver.push({package: from, reason: error.message});
      continue;
    }
    const reason = name === 'auto' ? REASONS[backend] : `'${name}' was asked for`;
    return {
      ...{backend, package: from, reason, passedOver},
      ...(await installKernels(backend)),
      message: describeChoice(backend, from, reason, passedOver),
    };
  }
  if (before) await setBackend(before);
  const reasons = passedOver.map((other) => `${other.package} ${other.reason}`).join('; ');
  throw invalid(OWNER, 'name', `a backend that can be loaded here (${reasons})`, name);
}

/** Loaded when its backend is, so that a page does not fetch the kernels of the others. */
async function installKernels(backend: PageBackend): Promise<Pick<BackendChoice, 'trainingKernels'>> {
  if (backend === 'wasm')
    return {trainingKernels: (await import('../wasm/index.js')).installTrainingKernels()};
  if (backend === 'webgpu')
    return {trainingKernels: (await import('../webgpu/index.js')).installWebGpuKernels()};
  if (backend === 'webgl')
    return {trainingKernels: (await import('../webgl/index.js')).installWebGlKernels()};
  return {};
}

/** Registers a backend, which a page may have done itself, by an import or a script tag. @throws `Unusable` */
async function load(backend: PageBackend, wasmPaths: BackendOptions['wasmPaths']): Promise<void> {
  if (backend === 'webgpu') await checkGpu();
  if (backend === 'wasm' && wasmPaths !== undefined)
    return applyWasmPaths(await importBackend('wasm'), wasmPaths);
  if (findBackendFactory(backend) == null) await importBackend(backend);
}

/** A `try` around an `import` tells bundlers that the package may be missing. @throws `Unusable` */
async function importBackend(backend: PageBackend): Promise<typeof import('@tensorflow/tfjs-backend-wasm')> {
  let imported: unknown;
  try {
    if (backend === 'wasm') imported = await import('@tensorflow/tfjs-backend-wasm');
    else if (backend === 'webgpu') imported = await import('@tensorflow/tfjs-backend-webgpu');
    else if (backend === 'webgl') imported = await import('@tensorflow/tfjs-backend-webgl');
    else imported = await import('@tensorflow/tfjs-backend-cpu');
  } catch (error) {
    throw new Unusable(`cannot be imported (is it installed?): ${firstLine(error)}`);
  }
  if (findBackendFactory(backend) != null) return imported as never;
  throw new Unusable('is not there: install it, or add its script tag before that of tfjs-discrete');
}

/** @throws `Unusable` where the browser has no WebGPU, since TensorFlow.js takes the backend for started then. */
async function checkGpu(): Promise<void> {
  const {gpu} = ((globalThis as {navigator?: unknown}).navigator ?? {}) as {
    gpu?: {requestAdapter(): Promise<object | null>};
  };
  if (gpu === undefined)
    throw new Unusable('needs WebGPU, which this browser or an insecure page does not have');
  if ((await gpu.requestAdapter()) === null) throw new Unusable('finds no GPU');
}
