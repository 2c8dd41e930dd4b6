import {backend, tensor} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {
  floatsOf,
  heapModule,
  integersOf,
  offsetOf,
  type WasmBackend,
  withScratch,
} from '../../src/wasm/heap.js';

/** `(module (import "env" "memory" (memory 1)) (func (export "get") (param i32) (result i32) ...load))`. */
const LOAD = 'AGFzbQEAAAABBgFgAX8BfwIPAQNlbnYGbWVtb3J5AgABAwIBAAcHAQNnZXQAAAoJAQcAIAAoAgAL';
const load = heapModule<{get(address: number): number}>(LOAD);

describe('a module on the memory of the wasm backend', () => {
  const heap = () => backend() as WasmBackend;

  /** The backend with other exports. */
  const withAsm = (asm: unknown): WasmBackend =>
    Object.create(backend(), {wasm: {value: Object.create(heap().wasm, {asm: {value: asm}})}});

  it('reads what the backend wrote', () => {
    const x = tensor([7, 8], [2], 'int32');
    expect(load(backend()).exports!.get(offsetOf(heap(), x) + 4)).toBe(8);
    expect([...integersOf(heap(), x)]).toEqual([7, 8]);
    x.dispose();
  });

  it('is instantiated once per backend', () => {
    expect(load(backend())).toBe(load(backend()));
  });

  it('reads new tensors after the memory has grown, and so do new views', () => {
    const bytes = heap().wasm.HEAPU8.length;
    const large = tensor(new Float32Array(bytes / 4).fill(0.5));
    expect(heap().wasm.HEAPU8.length).toBeGreaterThan(bytes);
    expect(floatsOf(heap(), large).at(-1)).toBe(0.5);
    const last = offsetOf(heap(), large) + bytes - 4;
    expect(load(backend()).exports!.get(last)).toBe(0x3f000000);
    large.dispose();
  });

  it.each([
    ['the backend shows no exports, as its threaded build', undefined, 'does not expose its memory'],
    ['its exports have no memory', {}, 'does not expose its memory'],
    [
      'the memory is shared',
      {memory: new WebAssembly.Memory({initial: 1, maximum: 1, shared: true})},
      'rejects the module',
    ],
  ])('is unavailable, and says why, if %s', (_, asm, reason) => {
    expect(load(withAsm(asm)).unavailable).toContain(reason);
  });

  it('becomes available later if the engine compiles no module of its size synchronously', async () => {
    const {Module} = WebAssembly;
    const standIn = withAsm(heap().wasm.asm);
    try {
      WebAssembly.Module = class {
        constructor() {
          throw new RangeError('disallowed on the main thread, if the buffer size is larger than 4KB');
        }
      } as never;
      expect(load(standIn).unavailable).toContain('larger than 4KB');
    } finally {
      WebAssembly.Module = Module;
    }
    await expect.poll(() => load(standIn).exports).toBeDefined();
  });

  it('frees scratch memory, even after an error', () => {
    const stored = backend().numDataIds();
    expect(withScratch(heap(), 100, (offset) => offset % 64)).toBe(0);
    expect(() =>
      withScratch(heap(), 100, () => {
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(backend().numDataIds()).toBe(stored);
  });
});
