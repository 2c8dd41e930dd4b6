import type {KernelBackend} from '@tensorflow/tfjs-core';
import {heapModule, type Loaded, type WasmBackend, withScratch} from './heap.js';
import {MODULE} from './module.generated.js';
import {gemmScratch} from './products.js';
import {panelWidth} from './vectors.js';

/** The exports of the WebAssembly module, described in `assembly`. Addresses are in bytes, lengths and strides in elements. */
export interface Routines {
  tfjsAdam(
    n: number,
    value: number,
    first: number,
    second: number,
    gradient: number,
    newValue: number,
    newFirst: number,
    newSecond: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
    minusRate: number,
  ): void;
  adamStep(
    n: number,
    value: number,
    first: number,
    second: number,
    average: number,
    gradient: number,
    newValue: number,
    newFirst: number,
    newSecond: number,
    newAverage: number,
    gradientScale: number,
    clipValue: number,
    l2: number,
    decay: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    rootScale: number,
    epsilon: number,
    stepSize: number,
    ema: number,
    emaRest: number,
  ): void;
  addRows(
    x: number,
    rows: number,
    parts: number,
    width: number,
    segments: number,
    count: number,
    to: number,
  ): void;
  binaryCrossEntropies(
    predictions: number,
    labels: number,
    n: number,
    low: number,
    high: number,
    entropies: number,
    exponentials: number,
  ): void;
  binaryCrossEntropyGradient(
    predictions: number,
    labels: number,
    exponentials: number,
    dy: number,
    rows: number,
    columns: number,
    low: number,
    high: number,
    to: number,
  ): void;
  both(x: number, y: number, n: number, to: number): void;
  categoricalCrossEntropies(
    outputs: number,
    labels: number,
    rows: number,
    classes: number,
    low: number,
    high: number,
    scratch: number,
    to: number,
  ): void;
  categoricalCrossEntropyGradient(
    outputs: number,
    labels: number,
    dy: number,
    rows: number,
    classes: number,
    low: number,
    high: number,
    scratch: number,
    to: number,
  ): void;
  copyRuns(
    x: number,
    outer: number,
    outerStride: number,
    middle: number,
    middleStride: number,
    inner: number,
    innerStride: number,
    bytes: number,
    to: number,
  ): void;
  depthwiseGradient(forFilter: 0 | 1, dy: number, other: number, geometry: number, to: number): void;
  exps(x: number, n: number, to: number): void;
  filterGradient: ConvolutionGradient;
  gatherRows(
    x: number,
    outer: number,
    length: number,
    bytes: number,
    indices: number,
    count: number,
    to: number,
  ): void;
  gemm(
    batch: number,
    m: number,
    n: number,
    k: number,
    a: number,
    aBatch: number,
    aRow: number,
    aColumn: number,
    b: number,
    bBatch: number,
    bRow: number,
    bColumn: number,
    c: number,
    cRow: number,
    bias: number,
    low: number,
    high: number,
    accumulate: 0 | 1,
    scratch: number,
  ): void;
  greaterOrEqual(x: number, xStep: 0 | 4, y: number, yStep: 0 | 4, n: number, to: number): void;
  inputGradient: ConvolutionGradient;
  log1ps(x: number, n: number, to: number): void;
  logs(x: number, n: number, to: number): void;
  maxPoolGradient(x: number, dy: number, geometry: number, to: number): void;
  select(condition: number, x: number, y: number, n: number, to: number): void;
  setPanelWidth(columns: 8 | 16): void;
  squareRoots(x: number, n: number, to: number): void;
  sumAxis(x: number, outer: number, length: number, inner: number, to: number): void;
}

/** Takes x and dy for the filter's gradient, dy and the filter for the input's. */
export type ConvolutionGradient = (
  first: number,
  second: number,
  geometry: number,
  to: number,
  chunk: number,
  matrix: number,
  scratch: number,
) => void;

const routines = heapModule<Routines>(MODULE);

/** The module on `backend`'s memory, or why there is none. */
export function routinesOf(backend: KernelBackend): Loaded<Routines> {
  const loaded = routines(backend);
  loaded.exports?.setPanelWidth(panelWidth());
  return loaded;
}

/** Calls `use` with the scratch memory that `gemm` requires for a product of [m, k] and [k, n]. */
export function withGemmScratch(
  backend: WasmBackend,
  m: number,
  k: number,
  use: (scratch: number) => void,
): void {
  withScratch(backend, gemmScratch(m, k), use);
}
