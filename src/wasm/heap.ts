import {type DataId, type DataType, type KernelBackend, type TensorInfo, util} from '@tensorflow/tfjs-core';

/**
 * The part of TensorFlow.js's wasm backend (`BackendWasm` of tfjs-backend-wasm 4.22) that this package uses. The
 * backend passes itself to every kernel, so its package does not have to be imported.
 */
export interface WasmBackend extends KernelBackend {
  readonly wasm: {
    /** The exports of the backend's WebAssembly module. The threaded build has none under this name. */
    readonly asm?: {readonly memory?: WebAssembly.Memory};
    /** A view of the whole memory. Emscripten replaces it when the memory grows. */
    readonly HEAPU8: Uint8Array;
    /** Memory that is no tensor's: its address, or 0. */
    readonly _malloc?: (bytes: number) => number;
    readonly _free?: (address: number) => void;
  };
  readonly dataIdMap: {get(dataId: DataId): {memoryOffset: number}};
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
}

/** The exports of a module of this package, or the reason why it is not available. */
export type Loaded<Exports> =
  | {readonly exports: Exports; readonly unavailable?: never}
  | {readonly exports?: never; readonly unavailable: string};

/**
 * A WebAssembly module of this package that works directly on the memory of TensorFlow.js's wasm backend, without copies.
 *
 * The module imports `env.memory` and nothing else. It must not have a data segment, stack or allocator, since
 * every fixed address belongs to the backend. `npm run build:kernels` builds such modules.
 *
 * @param base64 The module's bytes. They are compiled at the first call and instantiated once per instance of the
 *   backend.
 * @returns A function of the backend. If it returns `unavailable` (a threaded build, an engine without
 *   SIMD, an older backend), callers compute in JavaScript over `floatsOf`.
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
    return {unavailable: 'this build of the wasm backend (threaded or older) does not expose its memory'};
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
    return {unavailable: `the engine rejects the module: ${(error as Error).message}`};
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

/** A view of a tensor's `float32` elements. Memory growth detaches it, so make a new one after every allocation. */
export function floatsOf(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  const offset = offsetOf(backend, tensor); // first: it may move the tensor here from another backend
  return new Float32Array(backend.wasm.HEAPU8.buffer, offset, util.sizeFromShape(tensor.shape));
}

/** A view of a tensor's `int32` elements. Memory growth detaches it, so make a new one after every allocation. */
export function integersOf(backend: WasmBackend, tensor: TensorInfo): Int32Array {
  const offset = offsetOf(backend, tensor);
  return new Int32Array(backend.wasm.HEAPU8.buffer, offset, util.sizeFromShape(tensor.shape));
}

/** Bytes per cache line of the processor. */
const CACHE_LINE = 64;

/**
 * Calls `use` with `length` four-byte words of the backend's memory, which are not cleared, and frees them afterwards.
 * This may grow the memory.
 *
 * @param use Receives the address of the first word, which is aligned to a cache line.
 */
export function withScratch<T>(backend: WasmBackend, length: number, use: (offset: number) => T): T {
  const scratch = backend.makeOutput([length + CACHE_LINE / 4], 'float32');
  try {
    return use(Math.ceil(offsetOf(backend, scratch) / CACHE_LINE) * CACHE_LINE);
  } finally {
    backend.disposeData(scratch.dataId);
  }
}
