import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {MODULE} from '../../src/wasm/module.generated.js';
import {gemmScratch} from '../../src/wasm/products.js';
import {revectorizes} from '../../src/wasm/revectorizes.js';
import type {Routines} from '../../src/wasm/routines.js';

/** A fresh instance on a memory of its own, and a way to multiply with it. */
function instance() {
  const memory = new WebAssembly.Memory({initial: 64});
  const bytes = Uint8Array.from(atob(MODULE), (character) => character.charCodeAt(0));
  const {exports} = new WebAssembly.Instance(new WebAssembly.Module(bytes), {env: {memory}});
  const {gemm, widenPanels} = exports as unknown as Routines;
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
  return {multiply, widenPanels};
}

const products = fc.record({
  m: fc.integer({min: 1, max: 140}),
  n: fc.integer({min: 1, max: 70}),
  k: fc.oneof(fc.integer({min: 1, max: 60}), fc.constantFrom(511, 512, 513, 1030)),
  adds: fc.boolean(),
  low: fc.constantFrom(-Infinity, 0.5),
  seed: fc.nat(),
});
type Product = typeof products extends fc.Arbitrary<infer T> ? T : never;

describe('products in panels of sixteen columns', () => {
  it('equal those in panels of eight bit for bit, and touch nothing behind', () => {
    const narrow = instance();
    const wide = instance();
    wide.widenPanels();
    fc.assert(
      fc.property(products, (product) => {
        expect(wide.multiply(product)).toEqual(narrow.multiply(product));
      }),
      {numRuns: 300, seed: 5},
    );
  });
});

describe('revectorizes', () => {
  it.each([
    ['--experimental-wasm-revectorize', '13.6.233.17-node.53', true],
    ['--experimental_wasm_revectorize', '14.6.202.34-node.34', true],
    ['--experimental-wasm-revectorize', '12.4.254.21-node.57', false],
    ['--no-experimental-wasm-revectorize', '13.6.233.17-node.53', false],
  ])('reads the engine’s options: %s on V8 %s', (option, v8, answer) => {
    expect(revectorizes({execArgv: ['--import', 'tsx', option], versions: {v8}})).toBe(answer);
  });

  it('finds nothing where there is no such engine', () => {
    expect(revectorizes({})).toBe(false);
    expect(revectorizes({execArgv: ['--experimental-wasm-revectorize']})).toBe(false);
  });

  it('asks the engine that it runs in', () => {
    vi.stubGlobal('process', {execArgv: ['--experimental-wasm-revectorize'], versions: {v8: '13.6'}});
    try {
      expect(revectorizes()).toBe(true);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
