import v8 from 'node:v8';
import {decode} from '../wasm/heap.js';
import {MODULE} from '../wasm/module.generated.js';
import {gemmScratch} from '../wasm/products.js';
import type {Routines} from '../wasm/routines.js';
import {
  canWiden,
  panelWidth,
  setVectorWidth,
  startedWide,
  V8_OPTION,
  type VectorWidth,
} from '../wasm/vectors.js';

/** The width of vectors in use, and why it is not 256 if it is not. */
export interface Widening {
  readonly vectors: VectorWidth;
  readonly fallback?: string;
}

/** A product of the same two matrices, computed anew by every call. */
export type Multiply = () => Float32Array;

/** Milliseconds for V8's optimizing compiler to compile a hot loop, usually and on a busy machine. */
const [WARM_UP, LONGEST_WARM_UP] = [60, 1000];
/** The required speed-up: without packed vectors, wide tiles are slower than narrow ones. */
const SPEED_UP = 1.1;

/**
 * Makes V8 use 256-bit vectors for matrix products from now on, after a self-test: a product must be the same bit for bit as
 * with 128-bit vectors, and take less time. The option applies to the whole process, worker threads included, and is
 * reverted if the test fails.
 */
export function widenVectors(): Widening {
  tested ??= startedWide() ? {vectors: 256} : test();
  setVectorWidth(tested.vectors);
  return tested;
}

/** The result of the first call. Once the option is set, narrow tiles are faster too and no longer a reference. */
let tested: Widening | undefined;

function test(): Widening {
  if (!canWiden()) {
    const here = `Node ${process.versions.node} on ${process.arch}`;
    return {vectors: 128, fallback: `wider ones require Node 24 or newer on x64, this is ${here}`};
  }
  const narrow = productOf(128);
  const before = warmUp(narrow, () => true);
  v8.setFlagsFromString(V8_OPTION);
  const fallback = whyNotWide(before, productOf(256));
  if (fallback === undefined) return {vectors: 256};
  v8.setFlagsFromString(V8_OPTION.replace('--', '--no-'));
  return {vectors: 128, fallback};
}

/** A product, and the duration of the fastest call in milliseconds. */
export interface Timed {
  readonly product: Float32Array;
  readonly fastest: number;
}

/** Calls `multiply` until V8 has compiled it, and `isFast` holds for its fastest call, or for a second. */
export function warmUp(multiply: Multiply, isFast: (fastest: number) => boolean): Timed {
  const start = performance.now();
  let [product, fastest] = [multiply(), Infinity];
  for (let now = start; now - start < WARM_UP || (!isFast(fastest) && now - start < LONGEST_WARM_UP); ) {
    const begin = performance.now();
    product = multiply();
    now = performance.now();
    fastest = Math.min(fastest, now - begin);
  }
  return {product, fastest};
}

/** @returns Why `wide` must not be used, or undefined. */
export function whyNotWide({product, fastest}: Timed, wide: Multiply): string | undefined {
  const after = warmUp(wide, (time) => time * SPEED_UP < fastest);
  const different = after.product.findIndex((value, i) => !Object.is(value, product[i]));
  if (different >= 0) {
    const [found, expected] = [after.product[different], product[different]];
    return `the self-test's product differs (element ${different} is ${found}, with 128 bits ${expected})`;
  }
  if (after.fastest * SPEED_UP < fastest) return undefined;
  const ratio = (after.fastest / fastest).toFixed(2);
  return `the self-test's product takes ${ratio} times as long as with 128 bits`;
}

/** A matrix product with rounded sums, on a new instance of the module with memory of its own. */
export function productOf(width: VectorWidth): Multiply {
  const [m, n, k] = [67, 83, 700]; // no multiples of tiles and blocks
  const [a, b, c] = [0, m * k, m * k + k * n];
  const scratch = 16 * Math.ceil((c + m * n) / 16);
  const pages = Math.ceil((4 * (scratch + gemmScratch(m, k))) / 65_536);
  const memory = new WebAssembly.Memory({initial: pages});
  const {exports} = new WebAssembly.Instance(new WebAssembly.Module(tagged(decode(MODULE), width)), {
    env: {memory},
  });
  const {gemm, setPanelWidth} = exports as unknown as Routines;
  setPanelWidth(panelWidth(width));
  const floats = new Float32Array(memory.buffer);
  for (let i = 0; i < c; i++) floats[i] = Math.sin(i);
  return () => {
    const [batch, one, noBias, accumulate] = [1, 1, 0, 0] as const;
    gemm(
      batch,
      m,
      n,
      k,
      4 * a,
      one,
      k,
      1,
      4 * b,
      one,
      n,
      1,
      4 * c,
      n,
      noBias,
      -Infinity,
      Infinity,
      accumulate,
      4 * scratch,
    );
    return floats.slice(c, c + m * n);
  };
}

/** The module with an empty custom section, so that V8 does not reuse code that it has compiled for the same bytes. */
function tagged(bytes: Uint8Array, width: VectorWidth): Uint8Array<ArrayBuffer> {
  const name = Array.from(`vectors${width}`, (character) => character.charCodeAt(0));
  return Uint8Array.from([...bytes, 0, name.length + 1, name.length, ...name]);
}
