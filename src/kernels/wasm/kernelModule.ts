import {heapModule, type WasmBackend} from '../../wasm/heap.js';
import {javascriptModule} from './javascriptModule.js';
import {MODULE} from './module.generated.js';

/**
 * What `assembly/index.ts` exports. Tensors and scratch memory are given by the address of their first byte, 0 where there is
 * none; keys as `scrambleKey` makes them.
 */
export interface Exports {
  fillUniform(out: number, length: number, seed: number, stream: number, step: number): void;
  sampleCategory(
    logits: number,
    out: number,
    rows: number,
    categories: number,
    temperature: number,
    seed: number,
    stream: number,
    step: number,
  ): void;
  categoryMode(logits: number, out: number, rows: number, categories: number): void;
  softmaxJacobianProduct(
    dy: number,
    logits: number,
    out: number,
    rows: number,
    categories: number,
    temperature: number,
  ): void;
  sampleBinary(
    logits: number,
    out: number,
    length: number,
    temperature: number,
    seed: number,
    stream: number,
    step: number,
  ): void;
  binaryMode(logits: number, out: number, length: number): void;
  sigmoidJacobianProduct(dy: number, logits: number, out: number, length: number, temperature: number): void;
  /** 1 where each of `length` connections is the index of one of `inputs`, else 0. */
  connectionsFit(connections: number, length: number, inputs: number): number;
  /**
   * @param words Where x is packed into bits, or is to be packed, or 0.
   * @param isPacked 1 if `words` has x already.
   * @param yWords Where y is to be packed into bits, or 0.
   * @returns 1 if `words` and `yWords` have their bits now, else 0.
   */
  gates(
    x: number,
    words: number,
    isPacked: number,
    coefficients: number,
    connections: number,
    y: number,
    yWords: number,
    scratch: number,
    rows: number,
    inputs: number,
    units: number,
    vectors: number,
  ): number;
  /** @returns 1 if `words` has the bits of x now, else 0. */
  gatesBackward(
    dy: number,
    x: number,
    words: number,
    isPacked: number,
    coefficients: number,
    connections: number,
    dx: number,
    sums: number,
    absoluteSums: number,
    scratch: number,
    rows: number,
    inputs: number,
    units: number,
    vectors: number,
    factor: number,
  ): number;
  sampleGates(
    logits: number,
    out: number,
    units: number,
    temperature: number,
    scratch: number,
    seed: number,
    stream: number,
    step: number,
  ): void;
  gateLogitsGradient(
    sums: number,
    logits: number,
    out: number,
    units: number,
    temperature: number,
    scratch: number,
    absoluteSums: number,
    magnitude: number,
  ): void;
  sumOfSquares(x: number, length: number): number;
  hasNaN(x: number, out: number, length: number): void;
  /** @param bits What of each float is kept: -1 for all, 0x7fffffff for its magnitude. */
  sumRows(x: number, out: number, rows: number, columns: number, bits: number, onto: number): void;
}

/** The package's WebAssembly module on a backend's memory, or why it cannot be had. */
export const kernelModule = heapModule<Exports>(MODULE);

/** The module's exports; where it cannot be had, the same in JavaScript. */
export function exportsOf(backend: WasmBackend): Exports {
  return kernelModule(backend).exports ?? javascriptModule(backend);
}
