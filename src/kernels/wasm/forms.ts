import type {TensorInfo} from '@tensorflow/tfjs-core';
import {heapModule, integersOf, offsetOf, type WasmBackend, withScratch} from '../../wasm/heap.js';
import {scrambleKey} from '../pcg4d.js';
import {lastOf} from '../typedArrays/forms.js';
import {type GateSizes, gateSizes} from '../typedArrays/gateSizes.js';
import type {Form, FormInputs} from '../typedArrays/Host.js';
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
  evaluateGates(
    ...args: [x: number, coefficients: number, connections: number, y: number, scratch: number, ...Sizes]
  ): void;
  coefficientGradient(
    ...args: [dy: number, x: number, connections: number, sums: number, scratch: number, ...Sizes, ...Watch]
  ): void;
  gateGradients(
    ...args: [
      ...[dy: number, x: number, coefficients: number, connections: number, dx: number, sums: number],
      ...[scratch: number, ...Sizes, factor: number, ...Watch],
    ]
  ): void;
  answerBits(coefficients: number, units: number): number;
  packBits(x: number, words: number, rows: number, inputs: number): number;
  evaluateGatesOnBits(
    ...args: [words: number, coefficients: number, connections: number, y: number, scratch: number, ...Extent]
  ): void;
  gateSensitivity(...args: [...InOut, units: number, temperature: number]): void;
  sumOfSquares(x: number, out: number, length: number): void;
  holdsNaN(x: number, out: number, length: number): void;
  sumRows(x: number, out: number, rows: number, columns: number, bits: number): void;
}
type Key = [seed: number, stream: number, step: number];
type InOut = [logits: number, out: number];
type Extent = [rows: number, inputs: number, units: number];
type Sizes = [...Extent, vectors: number];
type Watch = [sensitivity: number, magnitude: number];

/** The own module on a backend's memory, or why it cannot be had. */
export const kernelModule = heapModule<Exports>(MODULE);

/** A backend and the own module on its memory. */
export interface Heap {
  readonly backend: WasmBackend;
  readonly exports: Exports;
}

/** Every kernel by the own module, by name. */
export const WASM_FORMS: Readonly<Record<string, Form<Heap>>> = {
  DiscreteRandomUniform: ({backend, exports}, _, {shape, ...key}) => {
    const {seed, stream, step} = scrambleKey(key);
    const output = backend.makeOutput(shape, 'float32');
    exports.fillUniform(offsetOf(backend, output), sizeOf(output), seed, stream, step);
    return output;
  },
  DiscreteDrawCategory: ({backend, exports}, {logits}, {temperature, ...key}) => {
    const {seed, stream, step} = scrambleKey(key);
    const {output, places, rows, categories} = like(backend, logits!);
    exports.drawCategory(...places, rows, categories, temperature, seed, stream, step);
    return output;
  },
  DiscreteMostLikelyCategory: ({backend, exports}, {logits}) => {
    const {output, places, rows, categories} = like(backend, logits!);
    exports.mostLikelyCategory(...places, rows, categories);
    return output;
  },
  DiscreteSoftmaxJacobianProduct: ({backend, exports}, {dy, logits}, {temperature}) => {
    const {output, places, rows, categories} = like(backend, logits!);
    exports.softmaxJacobianProduct(offsetOf(backend, dy!), ...places, rows, categories, temperature);
    return output;
  },
  DiscreteDrawBinary: ({backend, exports}, {logits}, {temperature, ...key}) => {
    const {seed, stream, step} = scrambleKey(key);
    const {output, places, length} = like(backend, logits!);
    exports.drawBinary(...places, length, temperature, seed, stream, step);
    return output;
  },
  DiscreteMostLikelyBinary: ({backend, exports}, {logits}) => {
    const {output, places, length} = like(backend, logits!);
    exports.mostLikelyBinary(...places, length);
    return output;
  },
  DiscreteSigmoidJacobianProduct: ({backend, exports}, {dy, logits}, {temperature}) => {
    const {output, places, length} = like(backend, logits!);
    exports.sigmoidJacobianProduct(offsetOf(backend, dy!), ...places, length, temperature);
    return output;
  },
  DiscreteLogicGates: evaluateGates,
  DiscreteWatchedLogicGates: evaluateGates,
  DiscreteLogicGatesCoefficientGradient: (heap, {dy, x, connections, sensitivity}) => {
    const sizes = checkedSizes(heap, x!, connections!);
    const sums = heap.backend.makeOutput([sizes.units, 4], 'float32');
    const {watch, outputs} = watchOf(heap, sensitivity, sizes);
    inBlocks(heap, sizes, 1, [dy!, x!, connections!, sums], (...args) =>
      heap.exports.coefficientGradient(...args, ...watch()),
    );
    return [sums, ...outputs];
  },
  DiscreteLogicGatesGradients: (heap, {dy, x, coefficients, connections, sensitivity}, {gradientFactor}) => {
    const sizes = checkedSizes(heap, x!, connections!);
    const dx = heap.backend.makeOutput(x!.shape, 'float32');
    const sums = heap.backend.makeOutput([sizes.units, 4], 'float32');
    const tensors = [dy!, x!, coefficients!, connections!, dx, sums] as const;
    const {watch, outputs} = watchOf(heap, sensitivity, sizes);
    inBlocks(heap, sizes, 2, tensors, (...args) =>
      heap.exports.gateGradients(...args, gradientFactor, ...watch()),
    );
    return [dx, sums, ...outputs];
  },
  DiscreteGateSensitivity: ({backend, exports}, {logits}, {temperature}) => {
    const units = logits!.shape[0]!;
    const output = backend.makeOutput([units, 4], 'float32');
    exports.gateSensitivity(offsetOf(backend, logits!), offsetOf(backend, output), units, temperature);
    return output;
  },
  DiscreteSumOfSquares: ({backend, exports}, {x}) => {
    const output = backend.makeOutput([], 'float32');
    exports.sumOfSquares(offsetOf(backend, x!), offsetOf(backend, output), sizeOf(x!));
    return output;
  },
  DiscreteHoldsNaN: ({backend, exports}, {x}) => {
    const output = backend.makeOutput([], 'float32');
    exports.holdsNaN(offsetOf(backend, x!), offsetOf(backend, output), sizeOf(x!));
    return output;
  },
  DiscreteSumRows: (heap, {x}) => sumRows(heap, x!, -1),
  DiscreteSumAbsoluteRows: (heap, {x}) => sumRows(heap, x!, 0x7fffffff),
};

/** An output shaped like `logits`, and what the module needs to know of both. */
function like(backend: WasmBackend, logits: TensorInfo) {
  const output = backend.makeOutput(logits.shape, 'float32');
  const places: InOut = [offsetOf(backend, logits), offsetOf(backend, output)];
  const [length, categories] = [sizeOf(logits), lastOf(logits)];
  return {output, places, length, categories, rows: length === 0 ? 0 : length / categories};
}

function sumRows({backend, exports}: Heap, x: TensorInfo, bits: number): TensorInfo {
  const [rows, columns] = x.shape as [number, number];
  const output = backend.makeOutput([columns], 'float32');
  exports.sumRows(offsetOf(backend, x), offsetOf(backend, output), rows, columns, bits);
  return output;
}

function evaluateGates(heap: Heap, {x, coefficients, connections}: FormInputs): TensorInfo {
  const sizes = checkedSizes(heap, x!, connections!);
  const output = heap.backend.makeOutput([sizes.rows, sizes.units], 'float32');
  const tensors = [x!, coefficients!, connections!, output] as const;
  if (!evaluateOnBits(heap, sizes, tensors)) {
    inBlocks(heap, sizes, 1, tensors, heap.exports.evaluateGates);
  }
  return output;
}

/** Evaluates gates that answer 0 or 1 on inputs of 0 and 1. @returns whether gates and inputs are such. */
function evaluateOnBits(
  {backend, exports}: Heap,
  {rows, inputs, units}: GateSizes,
  tensors: readonly [x: TensorInfo, coefficients: TensorInfo, connections: TensorInfo, y: TensorInfo],
): boolean {
  const blocks = Math.ceil(rows / 32);
  return withScratch(backend, blocks * inputs + units, (words) => {
    const [x, c, places, y] = tensors.map((one) => offsetOf(backend, one)) as [
      number,
      number,
      number,
      number,
    ];
    if (!exports.answerBits(c, units) || !exports.packBits(x, words, rows, inputs)) return false;
    const scratch = words + 4 * blocks * inputs;
    exports.evaluateGatesOnBits(words, c, places, y, scratch, rows, inputs, units);
    return true;
  });
}

/** The magnitudes that watched gates have to report beside their gradients, and the addresses that they take. */
function watchOf(
  {backend}: Heap,
  sensitivity: TensorInfo | undefined,
  {units}: GateSizes,
): {watch: () => Watch; outputs: TensorInfo[]} {
  if (sensitivity === undefined) return {watch: () => [0, 0], outputs: []};
  const magnitude = backend.makeOutput([units], 'float32');
  return {
    watch: () => [offsetOf(backend, sensitivity), offsetOf(backend, magnitude)],
    outputs: [magnitude],
  };
}

/** Bytes of a block that stay in a core's second-level cache, next to what streams through it. */
const CACHED_BYTES = 768 * 1024;

/**
 * Calls `run` with the addresses of `tensors`, of scratch memory and with how to cut the batch into blocks.
 *
 * @param copies How many [inputs, rows of a block] arrays the scratch memory holds.
 */
function inBlocks<Tensors extends readonly TensorInfo[]>(
  {backend}: Heap,
  {rows, inputs, units}: GateSizes,
  copies: number,
  tensors: readonly [...Tensors],
  run: (...args: [...Addresses<Tensors>, scratch: number, ...Sizes]) => void,
): void {
  const fitting = Math.floor(CACHED_BYTES / (16 * copies * Math.max(inputs, 1)));
  const vectors = Math.max(1, Math.min(4, fitting, Math.ceil(rows / 4)));
  withScratch(backend, 4 * vectors * (4 + copies * inputs), (scratch) => {
    const places = tensors.map((tensor) => offsetOf(backend, tensor)) as Addresses<Tensors>;
    run(...places, scratch, rows, inputs, units, vectors);
  });
}
type Addresses<Tensors extends readonly TensorInfo[]> = {[K in keyof Tensors]: number};

/** The sizes of a batch of gates. @throws where a connection is not the place of an input. */
function checkedSizes({backend, exports}: Heap, x: TensorInfo, connections: TensorInfo): GateSizes {
  const [rows, inputs] = x.shape as [number, number];
  const fit = exports.connectionsFit(offsetOf(backend, connections), sizeOf(connections), inputs);
  return fit
    ? {rows, inputs, units: connections.shape[0]!}
    : gateSizes(x, connections, integersOf(backend, connections));
}

function sizeOf({shape}: TensorInfo): number {
  return shape.reduce((product, length) => product * length, 1);
}
