import fc from 'fast-check';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {MODULE} from '../../src/wasm/module.generated.js';
import {gemmScratch} from '../../src/wasm/products.js';
import type {Routines} from '../../src/wasm/routines.js';
import {panelWidth, setVectorWidth, startedWide, vectorWidth} from '../../src/wasm/vectors.js';

/** A fresh instance on a memory of its own, and a way to multiply with it. */
function instance() {
  const memory = new WebAssembly.Memory({initial: 192});
  const bytes = Uint8Array.from(atob(MODULE), (character) => character.charCodeAt(0));
  const {exports} = new WebAssembly.Instance(new WebAssembly.Module(bytes), {env: {memory}});
  const {gemm, setPanelWidth} = exports as unknown as Routines;
  const floats = new Float32Array(memory.buffer);

  /** C [m, n], after C += A B where `adds`, else C = max(A B + bias, low). */
  const multiply = ({m, n, k, adds, low, seed}: Product) => {
    const [a, b, bias, c] = [0, m * k, m * k + k * n, m * k + k * n + n] as const;
    const behind = c + m * n;
    const scratch = behind + 16;
    const end = scratch + gemmScratch(m, k);
    fillUniform(floats.subarray(0, end + 16), {seed, stream: 0, step: 0});
    const guards = () => [...floats.slice(behind, scratch), ...floats.slice(end, end + 16)];
    const before = guards();
    gemm(
      ...([1, m, n, k, 4 * a, 1, k, 1, 4 * b, 1, n, 1, 4 * c, n, 4 * bias] as const),
      ...([low, Infinity, adds ? 1 : 0, 4 * scratch] as const),
    );
    expect(guards()).toEqual(before);
    return floats.slice(c, behind);
  };
  return {multiply, setPanelWidth};
}

const products = fc.record({
  m: fc.oneof({weight: 9, arbitrary: fc.integer({min: 1, max: 140})}, fc.constantFrom(201, 405, 1001)),
  n: fc.integer({min: 1, max: 70}),
  k: fc.oneof(fc.integer({min: 1, max: 60}), fc.constantFrom(511, 512, 513, 1030)),
  adds: fc.boolean(),
  low: fc.constantFrom(-Infinity, 0.5),
  seed: fc.nat(),
});
type Product = typeof products extends fc.Arbitrary<infer T> ? T : never;

describe('products in panels of sixteen columns', () => {
  it('equal those in panels of eight bit for bit, and write nothing beyond the end', () => {
    const narrow = instance();
    const wide = instance();
    wide.setPanelWidth(16);
    fc.assert(
      fc.property(products, (product) => {
        expect(wide.multiply(product)).toEqual(narrow.multiply(product));
      }),
      {numRuns: 300, seed: 5},
    );
  });
});

describe('startedWide', () => {
  it.each([
    ['--experimental-wasm-revectorize', '13.6.233.17-node.53', 'x64', true],
    ['--experimental_wasm_revectorize', '14.6.202.34-node.34', 'x64', true],
    ['--experimental-wasm-revectorize', '12.4.254.21-node.57', 'x64', false],
    ['--experimental-wasm-revectorize', '13.6.233.17-node.53', 'arm64', false],
    ['--no-experimental-wasm-revectorize', '13.6.233.17-node.53', 'x64', false],
  ])('reads the options that Node was started with: %s on V8 %s, %s', (option, v8, arch, answer) => {
    expect(startedWide({arch, execArgv: ['--import', 'tsx', option], versions: {v8}})).toBe(answer);
  });

  it('is false where there is no such engine', () => {
    expect(startedWide({})).toBe(false);
    expect(startedWide({execArgv: ['--experimental-wasm-revectorize']})).toBe(false);
  });
});

describe('vectorWidth', () => {
  afterEach(() => {
    setVectorWidth(undefined);
    vi.unstubAllGlobals();
  });

  it('is what was set, else what Node was started with', () => {
    vi.stubGlobal('process', {
      arch: 'x64',
      execArgv: ['--experimental-wasm-revectorize'],
      versions: {v8: '13.6'},
    });
    expect(vectorWidth()).toBe(256);
    setVectorWidth(128);
    expect(vectorWidth()).toBe(128);
    setVectorWidth(undefined);
    vi.stubGlobal('process', undefined);
    expect(vectorWidth()).toBe(128);
    setVectorWidth(256);
    expect(panelWidth()).toBe(16);
  });
});
