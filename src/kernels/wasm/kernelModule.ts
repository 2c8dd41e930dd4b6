import type {TensorInfo} from '@tensorflow/tfjs-core';
import {heapModule, offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {MODULE} from './module.generated.js';

/** What `assembly/index.ts` exports. Tensors are given by the address of their first byte. */
export interface Exports {
  fillUniform(out: number, length: number, ...key: Key): void;
  drawCategory(...args: [...InOut, rows: number, categories: number, temperature: number, ...Key]): void;
  mostLikelyCategory(...args: [...InOut, rows: number, categories: number]): void;
  softmaxJacobianProduct(
    ...args: [dy: number, ...InOut, rows: number, categories: number, temperature: number]
  ): void;
  drawBinary(...args: [...InOut, length: number, temperature: number, ...Key]): void;
  mostLikelyBinary(...args: [...InOut, length: number]): void;
  sigmoidJacobianProduct(...args: [dy: number, ...InOut, length: number, temperature: number]): void;
  connectionsFit(connections: number, length: number, inputs: number): number;
  gates(
    ...args: [
      ...[x: number, coefficients: number, connections: number, y: number, scratch: number],
      ...[...Extent, vectors: number],
    ]
  ): void;
  gatesBackward(
    ...args: [
      ...[dy: number, x: number, coefficients: number, connections: number, dx: number, sums: number],
      ...[masses: number, scratch: number, ...Extent, vectors: number, factor: number],
    ]
  ): void;
  drawGates(...args: [...InOut, units: number, temperature: number, scratch: number, ...Key]): void;
  gateLogitsGradient(
    sums: number,
    ...args: [
      ...InOut,
      units: number,
      temperature: number,
      scratch: number,
      masses: number,
      magnitude: number,
    ]
  ): void;
  sumOfSquares(x: number, length: number): number;
  holdsNaN(x: number, out: number, length: number): void;
  sumRows(x: number, out: number, rows: number, columns: number, bits: number, onto: number): void;
}
type Key = [seed: number, stream: number, step: number];
export type InOut = [logits: number, out: number];
type Extent = [rows: number, inputs: number, units: number];

/** The own module on a backend's memory, or why it cannot be had. */
export const kernelModule = heapModule<Exports>(MODULE);

/** A backend and the own module on its memory. */
export interface Heap {
  readonly backend: WasmBackend;
  readonly exports: Exports;
}

/** A tensor's address, 0 of none. */
export function addressOf({backend}: Heap, tensor: TensorInfo | undefined): number {
  return tensor === undefined ? 0 : offsetOf(backend, tensor);
}

export function sizeOf({shape}: TensorInfo): number {
  return shape.reduce((product, length) => product * length, 1);
}
