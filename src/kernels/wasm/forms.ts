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
    ...args: [
      dy: number,
      x: number,
      connections: number,
      sums: number,
      scratch: number,
      ...Sizes,
      masses: number,
    ]
  ): void;
  gateGradients(
    ...args: [
      ...[dy: number, x: number, coefficients: number, connections: number, dx: number, sums: number],
      ...[scratch: number, ...Sizes, factor: number, masses: number],
    ]
  ): void;
  gateGradientsOnBits(
    ...args: [
      ...[dy: number, words: number, coefficients: number, connections: number, dx: number, sums: number],
      ...[masses: number, scratch: number, ...Extent, factor: number],
    ]
  ): void;
  answerBits(coefficients: number, units: number): number;
  packBits(x: number, words: number, rows: number, inputs: number): number;
  evaluateGatesOnBits(
    ...args: [words: number, coefficients: number, connections: number, y: number, scratch: number, ...Extent]
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
  sumOfSquares(x: number, out: number, length: number): void;
  holdsNaN(x: number, out: number, length: number): void;
  sumRows(x: number, out: number, rows: number, columns: number, bits: number): void;
}
type Key = [seed: number, stream: number, step: number];
type InOut = [logits: number, out: number];
type Extent = [rows: number, inputs: number, units: number];
type Sizes = [...Extent, vectors: number];

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
  DiscreteDrawGates: ({backend, exports}, {logits}, {temperature, ...key}) => {
    const {seed, stream, step} = scrambleKey(key);
    const units = logits!.shape[0]!;
    const output = backend.makeOutput([units, 4], 'float32');
    withScratch(backend, 64, (scratch) => {
      const places: InOut = [offsetOf(backend, logits!), offsetOf(backend, output)];
      exports.drawGates(...places, units, temperature, scratch, seed, stream, step);
    });
    return output;
  },
  DiscreteGateLogitsGradient: (heap, {sums, logits, masses}, {temperature}) => {
    const {output, places} = like(heap.backend, logits!);
    const units = logits!.shape[0]!;
    const magnitude = masses && heap.backend.makeOutput([units], 'float32');
    const watch = [addressOf(heap, masses), addressOf(heap, magnitude)] as const;
    withScratch(heap.backend, 80, (scratch) => {
      const from = offsetOf(heap.backend, sums!);
      heap.exports.gateLogitsGradient(from, ...places, units, temperature, scratch, ...watch);
    });
    return magnitude === undefined ? output : [output, magnitude];
  },
  DiscreteLogicGates: evaluateGates,
  DiscreteLogicGatesCoefficientGradient: (heap, {dy, x, connections}, {watched}) => {
    const sizes = checkedSizes(heap, x!, connections!);
    const [sums, masses] = sumsOf(heap, sizes, watched);
    if (!gradientsOnBits(heap, sizes, {dy: dy!, x: x!, connections: connections!, sums, masses}, 1)) {
      inBlocks(heap, sizes, 1, [dy!, x!, connections!, sums], (...args) =>
        heap.exports.coefficientGradient(...args, addressOf(heap, masses)),
      );
    }
    return masses === undefined ? [sums] : [sums, masses];
  },
  DiscreteLogicGatesGradients: (heap, {dy, x, coefficients, connections}, {gradientFactor, watched}) => {
    const sizes = checkedSizes(heap, x!, connections!);
    const dx = heap.backend.makeOutput(x!.shape, 'float32');
    const [sums, masses] = sumsOf(heap, sizes, watched);
    const named = {dy: dy!, x: x!, coefficients: coefficients!, connections: connections!, dx, sums, masses};
    if (!gradientsOnBits(heap, sizes, named, gradientFactor)) {
      const tensors = [dy!, x!, coefficients!, connections!, dx, sums] as const;
      inBlocks(heap, sizes, 2, tensors, (...args) =>
        heap.exports.gateGradients(...args, gradientFactor, addressOf(heap, masses)),
      );
    }
    return masses === undefined ? [dx, sums] : [dx, sums, masses];
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
  const {rows, inputs, units} = sizes;
  const output = heap.backend.makeOutput([rows, units], 'float32');
  const tensors = [x!, coefficients!, connections!, output] as const;
  const [, c, places, y] = tensors.map((one) => offsetOf(heap.backend, one)) as [
    number,
    number,
    number,
    number,
  ];
  const evaluated =
    heap.exports.answerBits(c, units) &&
    onBits(heap, x!, sizes, units, (words, scratch) =>
      heap.exports.evaluateGatesOnBits(words, c, places, y, scratch, rows, inputs, units),
    );
  if (!evaluated) inBlocks(heap, sizes, 1, tensors, heap.exports.evaluateGates);
  return output;
}

/** The sums that the coefficients' gradient consists of, and where somebody watches, those of |dy|. */
function sumsOf(
  {backend}: Heap,
  {units}: GateSizes,
  watched: boolean,
): [sums: TensorInfo, masses: TensorInfo | undefined] {
  const sums = backend.makeOutput([units, 4], 'float32');
  return [sums, watched ? backend.makeOutput([units, 4], 'float32') : undefined];
}

/**
 * Gradients of gates that answer 0 or 1 on inputs of 0 and 1; without coefficients, the sums alone.
 *
 * @returns whether gates and inputs are such.
 */
function gradientsOnBits(
  heap: Heap,
  sizes: GateSizes,
  tensors: Record<'dy' | 'x' | 'connections' | 'sums', TensorInfo> &
    Partial<Record<'coefficients' | 'dx' | 'masses', TensorInfo | undefined>>,
  factor: number,
): boolean {
  const {rows, inputs, units} = sizes;
  const [dy, c, places, dx, sums, masses] = (
    ['dy', 'coefficients', 'connections', 'dx', 'sums', 'masses'] as const
  ).map((name) => addressOf(heap, tensors[name])) as [number, number, number, number, number, number];
  if (c !== 0 && !heap.exports.answerBits(c, units)) return false;
  const partials = dx === 0 ? 0 : 16 * (units + 3) + inputs + 2 * units;
  return onBits(heap, tensors.x, sizes, 128 + partials, (words, scratch) =>
    heap.exports.gateGradientsOnBits(
      ...([dy, words, c, places, dx, sums, masses, scratch] as const),
      ...([rows, inputs, units, factor] as const),
    ),
  );
}

/**
 * Lends `use` the bits of x, and `length` words of scratch memory that begin a cache line.
 *
 * @returns whether x is of 0 and 1; if not, `use` was not called.
 */
function onBits(
  {backend, exports}: Heap,
  x: TensorInfo,
  {rows, inputs}: GateSizes,
  length: number,
  use: (words: number, scratch: number) => void,
): boolean {
  const packed = 16 * Math.ceil((Math.ceil(rows / 32) * inputs) / 16);
  return withScratch(backend, packed + length, (words) => {
    if (!exports.packBits(offsetOf(backend, x), words, rows, inputs)) return false;
    use(words, words + 4 * packed);
    return true;
  });
}

/** A tensor's address, 0 of none. */
function addressOf({backend}: Heap, tensor: TensorInfo | undefined): number {
  return tensor === undefined ? 0 : offsetOf(backend, tensor);
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
