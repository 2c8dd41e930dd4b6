import {backend, getBackend, memory, reshape, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  fillUniform,
  GATE_COEFFICIENTS,
  logicGates,
  logicGatesGradient,
  registerKernels,
  unregisterKernels,
} from '../../src/kernels/index.js';
import {PackedInputs} from '../../src/kernels/wasm/PackedInputs.js';
import type {WasmBackend} from '../../src/wasm/heap.js';

beforeAll(registerKernels);
afterAll(unregisterKernels);

const uniforms = (length: number, stream: number) =>
  fillUniform(new Float32Array(length), {seed: 1, stream, step: 0});

/** Zeros and ones. */
const bits = (rows: number, columns: number, stream = 1) =>
  tensor(uniforms(rows * columns, stream).map(Math.round), [rows, columns]);

/** Gates of every kind in turn, on any inputs. */
function layer(inputs: number, units: number, stream: number) {
  const coefficients = Array.from({length: units}, (_, unit) => [...GATE_COEFFICIENTS[(5 * unit) % 16]!]);
  const indices = Int32Array.from(uniforms(2 * units, stream), (value) => Math.floor(value * inputs));
  return {coefficients: tensor(coefficients), connections: tensor(indices, [units, 2], 'int32')};
}

/** The same numbers in memory that no kernel has seen. */
const fresh = (x: Tensor) => tensor(x.dataSync(), x.shape);

/** Both passes over `x`, as numbers. */
function bothPasses(x: Tensor, units: number) {
  const gates = layer(x.shape[1]!, units, 2);
  const dy = tensor(uniforms(x.shape[0]! * units, 3), [x.shape[0]!, units]);
  const wanted = ['dx', 'sums'] as const;
  const y = logicGates({x, ...gates});
  const gradients = logicGatesGradient({dy, x, ...gates}, {gradientFactor: 1, wanted});
  return [y, ...gradients].map((each) => each.dataSync());
}

describe(`bits of gates' inputs on ${getBackend()}`, () => {
  it.each([
    [1, 3],
    [31, 5],
    [33, 13],
    [100, 64],
  ])('outputs of %i rows of %i gates are inputs like any others', (rows, units) => {
    tidy(() => {
      const y = logicGates({x: bits(rows, 9), ...layer(9, units, 4)});
      expect(bothPasses(y, 11)).toEqual(bothPasses(fresh(y), 11));
    });
  });

  it('a reshaped tensor is another matrix, though its memory is the same', () => {
    tidy(() => {
      const x = bits(36, 10);
      const [first] = bothPasses(x, 7);
      const wide = reshape(x, [12, 30]);
      expect(bothPasses(wide, 7)).toEqual(bothPasses(fresh(wide), 7));
      expect(bothPasses(x, 7)[0]).toEqual(first);
    });
  });

  it('other gates on the same inputs, and inputs that are no bits, get their own results', () => {
    tidy(() => {
      const x = bits(40, 12);
      for (const units of [3, 16, 5]) expect(bothPasses(x, units)).toEqual(bothPasses(fresh(x), units));
      const halves = tensor(uniforms(40 * 12, 6), [40, 12]);
      for (const units of [3, 16])
        expect(bothPasses(halves, units)).toEqual(bothPasses(fresh(halves), units));
    });
  });

  it('leave no tensor behind', () => {
    const before = memory().numTensors;
    const stored = backend().numDataIds();
    tidy(() => bothPasses(bits(40, 12), 9));
    expect(memory().numTensors).toBe(before);
    expect(backend().numDataIds()).toBe(stored);
  });
});

describe('PackedInputs', () => {
  /** Counts the bytes that are out. */
  function countingBackend() {
    const sizes = new Map<number, number>();
    let next = 64;
    const wasm = {
      HEAPU8: new Uint8Array(),
      _malloc: (bytes: number) => {
        sizes.set(next, bytes);
        return next++;
      },
      _free: (at: number) => {
        if (!sizes.delete(at)) throw new Error(`${at} is not out`);
      },
    };
    const bytes = () => [...sizes.values()].reduce((sum, size) => sum + size, 0);
    return {packed: PackedInputs.of({wasm} as unknown as WasmBackend)!, bytes};
  }
  const matrix = (rows: number, columns: number) => ({
    dataId: {},
    shape: [rows, columns],
    dtype: 'float32' as const,
  });
  const isPacked = (packed: PackedInputs, one: ReturnType<typeof matrix>) => {
    let found = false;
    PackedInputs.during(packed, [one], ([words]) => {
      found = words!.isPacked;
      return 0;
    });
    return found;
  };

  it('keeps what was packed, and frees what was not', () => {
    const {packed, bytes} = countingBackend();
    const [one, other] = [matrix(33, 5), matrix(33, 5)];
    PackedInputs.during(packed, [one], () => 1);
    PackedInputs.during(packed, [other], () => 0);
    expect(bytes()).toBe(2 * 5 * 4);
    expect([isPacked(packed, one), isPacked(packed, other)]).toEqual([true, false]);
    expect(bytes()).toBe(2 * 5 * 4);
  });

  it('frees the memory of a routine that throws', () => {
    const {packed, bytes} = countingBackend();
    const failing = () =>
      PackedInputs.during(packed, [matrix(8, 8)], () => {
        throw new Error('out of memory');
      });
    expect(failing).toThrow('out of memory');
    expect(bytes()).toBe(0);
  });

  it('keeps at most 4 MiB, the latest used, and nothing that is half of it alone', () => {
    const {packed, bytes} = countingBackend();
    const first = matrix(32, 50_000);
    PackedInputs.during(packed, [first], () => 1);
    for (let i = 0; i < 50; i++) {
      const [x, y] = [matrix(32, 50_000), matrix(32, 50_000)];
      PackedInputs.during(packed, [x, y], () => 1);
      expect(isPacked(packed, first)).toBe(true); // used in between, so never the oldest
      expect([isPacked(packed, x), isPacked(packed, y)]).toEqual([true, true]);
      expect(bytes()).toBeLessThanOrEqual(4 * 1024 * 1024);
    }
    const large = matrix(32, 600_000);
    PackedInputs.during(packed, [large], ([words]) => {
      expect(words).toEqual({at: 0, isPacked: false});
      return 1;
    });
    expect(isPacked(packed, large)).toBe(false);
  });
});
