import {backend, getBackend, getKernel, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {evaluateGates, registerKernels, sampleCategory, unregisterKernels} from '../../src/kernels/index.js';
import {TYPED_ARRAY_FORMS} from '../../src/kernels/typedArrays/forms.js';
import {WASM_FORMS} from '../../src/kernels/wasm/forms.js';
import {kernelModule} from '../../src/kernels/wasm/kernelModule.js';
import type {WasmBackend} from '../../src/wasm/heap.js';
import {describeOn} from '../support/describeOn.js';
import {gatesCase, runOn} from './generated.js';

beforeAll(registerKernels);
afterAll(unregisterKernels);

describe('registerKernels', () => {
  it('serves the same kernels on wasm and over typed arrays', () => {
    expect(Object.keys(WASM_FORMS).sort()).toEqual(Object.keys(TYPED_ARRAY_FORMS).sort());
  });

  it('can be called again, and undone', () => {
    registerKernels();
    expect(getKernel('DiscreteDrawCategory', 'cpu')).toBeDefined();
    expect(getKernel('DiscreteDrawCategory', 'wasm')).toBeDefined();
    unregisterKernels();
    expect(getKernel('DiscreteDrawCategory', 'cpu')).toBeUndefined();
    expect(getKernel('DiscreteDrawCategory', 'wasm')).toBeUndefined();
    registerKernels();
  });

  it('takes the place of a composed form that was registered on first use', () => {
    unregisterKernels();
    const run = () =>
      tidy(() => {
        const connections = tensor([[0, 1]], [1, 2], 'int32');
        return evaluateGates(tensor([[1, 0]]), tensor([[0, 1, 0, 0]]), connections, 1).dataSync()[0];
      });
    expect(run()).toBe(1);
    const composed = getKernel('DiscreteLogicGates', getBackend());
    registerKernels();
    expect(getKernel('DiscreteLogicGates', getBackend())).not.toBe(composed);
    expect(run()).toBe(1);
  });
});

describeOn('wasm', 'the module on the memory of the wasm backend', () => {
  const key = {seed: 1, stream: 2, step: 3};

  it('is available, once a backend', () => {
    const loaded = kernelModule(backend());
    expect(loaded.unavailable).toBeUndefined();
    expect(kernelModule(backend())).toBe(loaded);
  });

  it('works on after the memory has grown', () => {
    const draw = () => tidy(() => sampleCategory(tensor([0, 1, 2, 3, 4, 5], [2, 3]), 1, key).dataSync());
    const before = draw();
    const heap = backend() as WasmBackend;
    const bytes = heap.wasm.HEAPU8.length;
    const large = Array.from({length: 4}, () => tensor(new Float32Array(bytes / 8)));
    expect(heap.wasm.HEAPU8.length).toBeGreaterThan(bytes);
    expect(draw()).toEqual(before);
    for (const one of large) one.dispose();
  });

  it('gives way to JavaScript over the heap where the build does not expose its memory', () => {
    const {wasm} = backend() as WasmBackend;
    const hidden = Object.create(wasm, {asm: {value: undefined}});
    const standIn: WasmBackend = Object.create(backend(), {wasm: {value: hidden}});
    expect(kernelModule(standIn).unavailable).toContain('does not expose its memory');
    tidy(() => {
      const logits = tensor([0, 1, 2, 3, 4, 5, -1, 2, 1], [3, 3]);
      const attributes = {temperature: 0.5, ...key};
      const [fallback] = runOn(standIn, 'DiscreteDrawCategory', {logits}, attributes) as [Tensor];
      expect(fallback.dataSync()).toEqual(sampleCategory(logits, 0.5, key).dataSync());
      const one = gatesCase({rows: 9, inputs: 7, units: 5, factor: 1}, true, key);
      const x = tensor(one.x, [9, 7]);
      const coefficients = tensor(one.coefficients, [5, 4]);
      const connections = tensor(one.connections, [5, 2], 'int32');
      const [y] = runOn(standIn, 'DiscreteLogicGates', {x, coefficients, connections}) as [Tensor];
      const expected = evaluateGates(x, coefficients, connections, 1).dataSync();
      y.dataSync().forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 5);
      });
    });
  });
});
