import {checkOptions} from '../functional/checkOptions.js';
import {invalid, oneOf, wholeNumber} from '../functional/validate.js';
import type {TrainingKernels} from '../wasm/index.js';
import type {VectorWidth} from '../wasm/vectors.js';

const OWNER = 'useBackend';

const BACKEND_NAMES = ['auto', 'wasm', 'tensorflow', 'webgpu', 'webgl', 'cpu'] as const;
/** Backends that `useBackend` can start, in Node or in a page; `auto` chooses. */
export type BackendName = (typeof BACKEND_NAMES)[number];

/** The wasm backend's files: one of them is loaded, as the browser or Node allows. */
const WASM_FILES = [
  'tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm',
  'tfjs-backend-wasm-threaded-simd.wasm',
] as const;
/** Where the wasm backend's files are: a folder, or the address of each. */
export type WasmPaths = string | Readonly<Record<(typeof WASM_FILES)[number], string>>;

/** How `useBackend` sets a backend up. */
export interface BackendOptions {
  /**
   * With wasm, in Node: how many threads share large matrix products and large layers of gates, the calling one included, 1 to 64.
   * Default 1, which also ends the threads of an earlier call. Products are the same bit for bit; sums over a batch of gates
   * are added up in parts. Each thread keeps memory of its own as large as its share of the largest operands, which
   * `tf.memory()` does not count. The other backends manage their threads themselves.
   */
  threads?: number;
  /**
   * With wasm, in Node: the width in bits of the vectors that matrix products are computed with. 256 has V8 pack pairs of
   * WebAssembly's 128-bit operations. It requires x64 and Node 24 or newer; the option that V8 has for it is experimental
   * and applies to the whole process. A self-test of a tenth of a second comes first: if a product is not the same bit for
   * bit, or not faster, 128 stays and `message` says why. Default: 256 if Node was started with
   * `--experimental-wasm-revectorize`, else 128.
   */
  vectors?: VectorWidth;
  /**
   * With wasm: where its `.wasm` files are, a folder or the address of each, as `setWasmPaths` of
   * `@tensorflow/tfjs-backend-wasm` takes them. It is read when the backend starts, which it does once. Default: beside the
   * page's script, and in Node beside the package.
   */
  wasmPaths?: WasmPaths;
}

/** The backend that `useBackend` chose, and why. */
export interface BackendChoice {
  /** The backend's name in TensorFlow.js: what `tf.getBackend()` returns now. */
  readonly backend: string;
  /** The npm package that it comes from. */
  readonly package: string;
  /** Why this backend was chosen. */
  readonly reason: string;
  /** Packages that would have been preferred, and why each could not be used. */
  readonly passedOver: readonly {readonly package: string; readonly reason: string}[];
  /** With wasm, webgpu and webgl: the kernels that this package has installed, and how to remove them. */
  readonly trainingKernels?: TrainingKernels;
  /** With wasm: the width in bits of the vectors in use. */
  readonly vectors?: VectorWidth;
  /** Backend, package and reasons in one line to print. */
  readonly message: string;
}

/** More threads have no benefit, and each keeps memory of its own. */
const MAX_THREADS = 64;

/** @throws If `name` or an option is invalid, or the backend does not have it. */
export function checkedOptions(name: BackendName, options: BackendOptions) {
  oneOf(OWNER, 'name', name, BACKEND_NAMES);
  checkOptions(OWNER, options, ['threads', 'vectors', 'wasmPaths']);
  const {threads = 1, vectors, wasmPaths} = options;
  if (wholeNumber(OWNER, 'threads', threads, 1) > MAX_THREADS) {
    throw invalid(OWNER, 'threads', `at most ${MAX_THREADS}`, threads);
  }
  if (vectors !== undefined && vectors !== 128 && vectors !== 256) {
    throw invalid(OWNER, 'vectors', '128 or 256', vectors);
  }
  if (wasmPaths !== undefined) checkWasmPaths(wasmPaths);
  const forWasm = {threads: threads > 1, vectors: vectors === 256, wasmPaths: wasmPaths !== undefined};
  for (const [field, given] of Object.entries(forWasm)) {
    if (!given || name === 'auto' || name === 'wasm') continue;
    const requirement = `left out for '${name}', since it applies to wasm only`;
    throw invalid(OWNER, field, requirement, options[field as keyof BackendOptions]);
  }
  return {threads, vectors, wasmPaths};
}

function checkWasmPaths(paths: WasmPaths): void {
  if (typeof paths === 'string' && paths !== '') return;
  const files = WASM_FILES.map((file) => `'${file}'`).join(', ');
  if (typeof paths !== 'object' || paths === null) {
    throw invalid(OWNER, 'wasmPaths', `the address of a folder, or of each of ${files}`, paths);
  }
  checkOptions(`${OWNER}.wasmPaths`, paths, WASM_FILES);
  for (const file of WASM_FILES) {
    if (typeof paths[file] === 'string' && paths[file] !== '') continue;
    throw invalid(OWNER, `wasmPaths['${file}']`, 'the address of that file', paths[file]);
  }
}

/** Hands `paths` on, where they are given. TensorFlow.js puts a folder straight before a file's name. */
export function applyWasmPaths(
  {setWasmPaths}: {setWasmPaths: (paths: string | Record<string, string>) => void},
  paths: WasmPaths | undefined,
): void {
  if (paths === undefined) return;
  setWasmPaths(typeof paths === 'string' ? paths.replace(/\/*$/, '/') : {...paths});
}
