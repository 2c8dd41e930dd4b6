import {backend, getBackend, getKernel, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {CPU_KERNELS} from '../../src/kernels/cpu/index.js';
import * as kernels from '../../src/kernels/index.js';
import {
  registerAll,
  registerKernels,
  sampleCategory,
  unregisterAll,
  unregisterKernels,
} from '../../src/kernels/index.js';
import {TENSORFLOW_KERNELS} from '../../src/kernels/tensorflow/index.js';
import {WASM_KERNELS} from '../../src/kernels/wasm/index.js';
import {kernelModule} from '../../src/kernels/wasm/kernelModule.js';
import {WEBGL_KERNELS} from '../../src/kernels/webgl/index.js';
import {WEBGPU_KERNELS} from '../../src/kernels/webgpu/index.js';
import type {WasmBackend} from '../../src/wasm/heap.js';
import {describeOn} from '../support/describeOn.js';
import {expectWithin, gatesCase, runOn} from './generated.js';

beforeAll(registerKernels);
afterAll(unregisterKernels);

describe('registerKernels', () => {
  it('has a kernel of every op for every backend', () => {
    const ops = Object.values(kernels).flatMap((one) =>
      typeof one === 'function' && 'kernelName' in one ? [one.kernelName] : [],
    );
    expect(ops.length).toBe(16);
    for (const [backendName, configs] of [
      ['cpu', CPU_KERNELS],
      ['wasm', WASM_KERNELS],
    ] as const) {
      expect(configs.map(({kernelName}) => kernelName).sort()).toEqual([...ops].sort());
      expect(configs.every((config) => config.backendName === backendName)).toBe(true);
    }
  });

  it.each([
    ['webgl', WEBGL_KERNELS],
    ['webgpu', WEBGPU_KERNELS],
  ] as const)(
    'leaves the kernels for %s, which have every op and both Adams, to their own entry point',
    (name, own) => {
      const names = new Set(own.map(({kernelName}) => kernelName));
      for (const {kernelName} of CPU_KERNELS) expect(names.delete(kernelName), kernelName).toBe(true);
      expect([...names].sort()).toEqual([
        'DiscreteAdamStep',
        'DiscreteTfjsAdamPowers',
        'DiscreteTfjsAdamStep',
      ]);
      expect(own.every(({backendName}) => backendName === name)).toBe(true);
      expect(getKernel('DiscreteSampleCategory', name)).toBeUndefined();
    },
  );

  it('has kernels of the ops of logic gates for native TensorFlow', () => {
    const gates = CPU_KERNELS.map(({kernelName}) => kernelName).filter((name) => /Gate/.test(name));
    expect(TENSORFLOW_KERNELS.map(({kernelName}) => kernelName).sort()).toEqual(gates.sort());
    expect(TENSORFLOW_KERNELS.every(({backendName}) => backendName === 'tensorflow')).toBe(true);
  });

  it('can be called again, and undone', () => {
    registerKernels();
    expect(getKernel('DiscreteSampleCategory', 'cpu')).toBeDefined();
    expect(getKernel('DiscreteSampleCategory', 'wasm')).toBeDefined();
    unregisterKernels();
    expect(getKernel('DiscreteSampleCategory', 'cpu')).toBeUndefined();
    expect(getKernel('DiscreteSampleCategory', 'wasm')).toBeUndefined();
    registerKernels();
  });

  it('registers what another backend brings, and nothing else', () => {
    const kernel = sampleCategory.kernelOn('elsewhere', () => {
      throw new Error('never called');
    });
    registerAll([kernel]);
    expect(getKernel('DiscreteSampleCategory', 'elsewhere')).toBe(kernel);
    unregisterAll([kernel]);
    expect(getKernel('DiscreteSampleCategory', 'elsewhere')).toBeUndefined();
    expect(getKernel('DiscreteSampleCategory', 'cpu')).toBeDefined();
  });

  it('leaves nothing registered by an op that ran composed', () => {
    unregisterKernels();
    const sampled = tidy(() =>
      sampleCategory({logits: tensor([[0, 9]])}, {temperature: 0.1, ...KEY}).dataSync(),
    );
    expect([...sampled]).toEqual([0, 1]);
    expect(getKernel('DiscreteSampleCategory', getBackend())).toBeUndefined();
    registerKernels();
  });
});

const KEY = {seed: 1, stream: 2, step: 3};

describeOn('wasm', 'the module on the memory of the wasm backend', () => {
  it('is available, once a backend', () => {
    const loaded = kernelModule(backend());
    expect(loaded.unavailable).toBeUndefined();
    expect(kernelModule(backend())).toBe(loaded);
  });

  it('works on after the memory has grown', () => {
    const sample = () =>
      tidy(() => {
        const logits = tensor([0, 1, 2, 3, 4, 5], [2, 3]);
        return sampleCategory({logits}, {temperature: 1, ...KEY}).dataSync();
      });
    const before = sample();
    const heap = backend() as WasmBackend;
    const bytes = heap.wasm.HEAPU8.length;
    const large = Array.from({length: 4}, () => tensor(new Float32Array(bytes / 8)));
    expect(heap.wasm.HEAPU8.length).toBeGreaterThan(bytes);
    expect(sample()).toEqual(before);
    for (const one of large) one.dispose();
  });

  it('gives way to JavaScript on the same memory where the build does not expose it', () => {
    const {wasm} = backend() as WasmBackend;
    const hidden = Object.create(wasm, {asm: {value: undefined}});
    const standIn: WasmBackend = Object.create(backend(), {wasm: {value: hidden}});
    expect(kernelModule(standIn).unavailable).toContain('does not expose its memory');
    forEveryKernel((kernelName, inputs, attributes) => {
      const byModule = runOn(backend(), kernelName, inputs, attributes);
      const byJavaScript = runOn(standIn, kernelName, inputs, attributes);
      byModule.forEach((output, i) => {
        expect(byJavaScript[i]!.shape, kernelName).toEqual(output.shape);
        const exact = kernelName.includes('Sample') || kernelName.includes('Mode');
        const expected = output.dataSync();
        expectWithin(byJavaScript[i]!.dataSync(), expected, (j) =>
          exact ? 0 : 1e-5 * (1 + Math.abs(expected[j]!)),
        );
      });
    });
  });
});

describe('every kernel', () => {
  it('gives outputs of the shapes that the contract says, as does the composed reference', () => {
    forEveryKernel((kernelName, inputs, attributes) => {
      const op = Object.values(kernels).find(
        (one) => typeof one === 'function' && 'kernelName' in one && one.kernelName === kernelName,
      ) as unknown as {
        shape: (...args: object[]) => number[] | number[][];
        composed: (...args: object[]) => Tensor | Tensor[];
      };
      const shapes = op.shape(inputs, attributes);
      const expected = Array.isArray(shapes[0]) ? shapes : [shapes];
      const outputs = runOn(backend(), kernelName, inputs, attributes);
      const composed = [op.composed(inputs, attributes)].flat();
      expect(
        outputs.map(({shape}) => shape),
        kernelName,
      ).toEqual(expected);
      expect(
        composed.map(({shape}) => shape),
        kernelName,
      ).toEqual(expected);
    });
  });
});

/** Calls every kernel of the current backend with some inputs and attributes that it takes. */
function forEveryKernel(
  check: (kernelName: string, inputs: Record<string, Tensor>, attributes: object) => void,
): void {
  const kernelNames = CPU_KERNELS.map(({kernelName}) => kernelName);
  for (const kernelName of kernelNames.filter((name) => getKernel(name, getBackend()) !== undefined)) {
    tidy(() => {
      const one = gatesCase({rows: 9, inputs: 7, units: 5, factor: 1}, true, KEY);
      const logits = tensor(
        one.dy.map((value) => 3 * value),
        [9, 5],
      );
      const gates = tensor(
        Array.from(one.coefficients).flatMap((value) => [value, -value, 2 * value, 0]),
        [5, 16],
      );
      const sums = tensor(one.coefficients, [5, 4]);
      const connections = tensor(one.connections, [5, 2], 'int32');
      const x = tensor(one.x, [9, 7]);
      const dy = tensor(one.dy, [9, 5]);
      const inputs: Record<string, Record<string, Tensor>> = {
        DiscreteRandomUniform: {},
        DiscreteSampleGates: {logits: gates},
        DiscreteGateLogitsGradient: {sums, logits: gates},
        DiscreteWatchedGateLogitsGradient: {sums, absoluteSums: sums, logits: gates},
        DiscreteLogicGates: {x, coefficients: sums, connections},
        DiscreteLogicGatesGradient: {dy, x, coefficients: sums, connections},
        DiscreteGlobalNorm: {x, dy},
        DiscreteHasNaN: {x},
        DiscreteSumRows: {x},
        DiscreteSumAbsoluteRows: {x: logits},
        DiscreteSigmoidJacobianProduct: {dy, logits},
        DiscreteSoftmaxJacobianProduct: {dy, logits},
      };
      const attributes = {
        shape: [3, 5],
        temperature: 0.5,
        gradientFactor: 1.5,
        wanted: ['absoluteSums', 'dx', 'sums'],
        ...KEY,
      };
      check(kernelName, inputs[kernelName] ?? {logits}, attributes);
    });
  }
}
