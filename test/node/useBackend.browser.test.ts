import {
  findBackendFactory,
  getBackend,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {useBackend} from '../../src/node/useBackend.browser.js';

vi.spyOn(console, 'warn').mockImplementation(() => {}); // TensorFlow.js reports backends that do not start
afterEach(() => setBackend(process.env.TFJS_BACKEND!));

describe('useBackend in a page, here without a GPU', () => {
  it('takes wasm first, installs the training kernels and says why', async () => {
    await setBackend('cpu');
    const {trainingKernels, ...said} = await useBackend();
    expect(getBackend()).toBe('wasm');
    expect(said).toEqual({
      backend: 'wasm',
      package: '@tensorflow/tfjs-backend-wasm',
      reason: 'the fastest for small and medium models',
      passedOver: [],
      message: 'Backend: wasm, from @tensorflow/tfjs-backend-wasm (the fastest for small and medium models).',
    });
    expect(trainingKernels!.installed).toContain('UnsortedSegmentSum');
  });

  it('goes on to the next backend where one does not start, and lists the reasons', async () => {
    const wasm = findBackendFactory('wasm');
    removeBackend('wasm');
    registerBackend('wasm', () => Promise.reject(new Error('no file.')), 2);
    try {
      const {backend, passedOver} = await useBackend();
      expect(backend).toBe('cpu');
      expect(passedOver.map(({package: name, reason}) => `${name} ${reason}`)).toEqual([
        expect.stringMatching(/^@tensorflow\/tfjs-backend-wasm does not start: no file; .*`wasmPaths`/),
        expect.stringContaining('@tensorflow/tfjs-backend-webgpu needs WebGPU'),
        expect.stringContaining('@tensorflow/tfjs-backend-webgl is not there'),
      ]);
    } finally {
      removeBackend('wasm');
      registerBackend('wasm', wasm, 2);
    }
  });

  it.each([
    ["'webgl' or 'cpu' in a page", 'tensorflow', {}],
    ['`threads` must be left out in a page', 'wasm', {threads: 2}],
    ['`vectors` must be left out in a page', 'wasm', {vectors: 256}],
    ['`wasmPaths` must be left out', 'webgl', {wasmPaths: '/'}],
    ['needs WebGPU', 'webgpu', {}],
  ] as const)(
    'throws an error that says "%s", and leaves the backend as it was',
    async (part, name, options) => {
      await setBackend('cpu');
      await expect(useBackend(name, options)).rejects.toThrow(part);
      expect(getBackend()).toBe('cpu');
    },
  );
});
