import type {DataId, DataType, KernelBackend, TensorInfo} from '@tensorflow/tfjs-core';

/**
 * What this package uses of TensorFlow.js's wasm backend (tfjs-backend-wasm 4.22: `BackendWasm`). The
 * backend hands itself to every kernel, so that its package need not be imported.
 */
export interface WasmBackend extends KernelBackend {
  readonly wasm: {
    /** The compiled module's exports. The threaded build has none under this name. */
    readonly asm?: {readonly memory?: WebAssembly.Memory};
    /** Always spans the memory as it is now: Emscripten renews it after growth. */
    readonly HEAPU8: Uint8Array;
  };
  readonly dataIdMap: {get(dataId: DataId): {memoryOffset: number}};
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
}

/** An own module that stands ready, or the reason why it cannot be had. */
export type Loaded<Exports> =
  | {readonly exports: Exports; readonly unavailable?: never}
  | {readonly exports?: never; readonly unavailable: string};

/**
 * An own WebAssembly module that works on the memory of TensorFlow.js's wasm backend, next to the
 * backend's own code and without a copy.
 *
 * The module imports `env.memory` and nothing else; it may hold no data segment, stack or allocator, since
 * every fixed address belongs to the backend. `npm run build:kernels` makes such modules.
 *
 * @param base64 The module's bytes. They are compiled at the first call, and instantiated once for every
 *   instance of the backend.
 * @returns A function of the backend. Where it answers `unavailable` (a threaded build, an engine without
 *   SIMD, an older backend), callers serve with JavaScript over `floatsOf`.
 */
export function heapModule<Exports>(base64: string): (backend: KernelBackend) => Loaded<Exports> {
  const loaded = new WeakMap<KernelBackend, Loaded<Exports>>();
  return (backend) => {
    const known = loaded.get(backend);
    if (known !== undefined) return known;
    const ready = (instance: WebAssembly.Instance): Loaded<Exports> => ({
      exports: instance.exports as Exports,
    });
    const fresh = load(base64, backend as WasmBackend, ready, (late) => loaded.set(backend, late));
    loaded.set(backend, fresh);
    return fresh;
  };
}

function load<Exports>(
  base64: string,
  backend: WasmBackend,
  ready: (instance: WebAssembly.Instance) => Loaded<Exports>,
  replaceBy: (late: Loaded<Exports>) => void,
): Loaded<Exports> {
  const memory = backend.wasm?.asm?.memory;
  if (memory === undefined) {
    return {unavailable: 'this build of the wasm backend (threaded or older) does not show its memory'};
  }
  const bytes = decode(base64);
  const imports = {env: {memory}};
  try {
    return ready(new WebAssembly.Instance(new WebAssembly.Module(bytes), imports));
  } catch (error) {
    // Chrome before 114 compiles at most 4 KB synchronously on a page's main thread.
    if (error instanceof RangeError) {
      WebAssembly.instantiate(bytes, imports).then(
        ({instance}) => replaceBy(ready(instance)),
        () => undefined,
      );
    }
    return {unavailable: `the engine does not take the module: ${(error as Error).message}`};
  }
}

/** A module's bytes. */
export function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Address of a tensor's first byte in the backend's memory. */
export function offsetOf(backend: WasmBackend, {dataId}: TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}

/** A tensor's `float32` elements in place. Growth detaches it: take it anew after every allocation. */
export function floatsOf(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  const offset = offsetOf(backend, tensor); // first: it may bring the tensor here from another backend
  return new Float32Array(backend.wasm.HEAPU8.buffer, offset, sizeOf(tensor.shape));
}

/** A tensor's `int32` elements in place. Growth detaches it: take it anew after every allocation. */
export function integersOf(backend: WasmBackend, tensor: TensorInfo): Int32Array {
  const offset = offsetOf(backend, tensor);
  return new Int32Array(backend.wasm.HEAPU8.buffer, offset, sizeOf(tensor.shape));
}

/** Bytes that the processor moves at once. */
const CACHE_LINE = 64;

/**
 * Lends `length` four-byte words of the backend's memory, not cleared, to `use`, and takes them back.
 * This may grow the memory.
 *
 * @param use Gets the address of the first word, which begins a cache line.
 */
export function withScratch<T>(backend: WasmBackend, length: number, use: (offset: number) => T): T {
  const scratch = backend.makeOutput([length + CACHE_LINE / 4], 'float32');
  try {
    return use(Math.ceil(offsetOf(backend, scratch) / CACHE_LINE) * CACHE_LINE);
  } finally {
    backend.disposeData(scratch.dataId);
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
