import type {TensorInfo} from '@tensorflow/tfjs-core';
import {floatsOf, integersOf, offsetOf, withScratch} from '../../wasm/heap.js';
import {type Argument, run, workerPoolFor} from '../../wasm/workerPool.js';
import {type GateSizes, gateSizes} from '../typedArrays/gateSizes.js';
import type {FormAttributes, FormInputs, FormOutput} from '../typedArrays/Host.js';
import {addressOf, type Heap, sizeOf} from './kernelModule.js';

export function evaluateGates(heap: Heap, {x, coefficients, connections}: FormInputs): FormOutput {
  const sizes = checkedSizes(heap, x!, connections!);
  const y = heap.backend.makeOutput([sizes.rows, sizes.units], 'float32');
  overRows(heap, 'gates', sizes, 1, [
    {tensor: x, role: 'rows'},
    {tensor: coefficients, role: 'whole'},
    {tensor: connections, role: 'whole'},
    {tensor: y, role: 'rows', written: true},
  ]);
  return y;
}

/** The sums that the coefficients' gradient consists of, and where somebody watches, those of |dy|. */
export function coefficientGradient(
  heap: Heap,
  {dy, x, connections}: FormInputs,
  {watched}: FormAttributes,
): FormOutput {
  const sizes = checkedSizes(heap, x!, connections!);
  return backward(heap, sizes, {dy: dy!, x: x!, connections: connections!}, watched, 1);
}

/** The gradient for x, then what `coefficientGradient` answers. */
export function gateGradients(
  heap: Heap,
  {dy, x, coefficients, connections}: FormInputs,
  {gradientFactor, watched}: FormAttributes,
): FormOutput {
  const sizes = checkedSizes(heap, x!, connections!);
  const dx = heap.backend.makeOutput(x!.shape, 'float32');
  const named = {dy: dy!, x: x!, coefficients: coefficients!, connections: connections!, dx};
  return [dx, ...backward(heap, sizes, named, watched, gradientFactor)];
}

function backward(
  heap: Heap,
  sizes: GateSizes,
  named: Record<'dy' | 'x' | 'connections', TensorInfo> & Partial<Record<'coefficients' | 'dx', TensorInfo>>,
  watched: boolean,
  factor: number,
): TensorInfo[] {
  const {dy, x, coefficients, connections, dx} = named;
  const sums = heap.backend.makeOutput([sizes.units, 4], 'float32');
  const masses = watched ? heap.backend.makeOutput([sizes.units, 4], 'float32') : undefined;
  overRows(
    ...([heap, 'gatesBackward', sizes, dx === undefined ? 1 : 2] as const),
    [
      {tensor: dy, role: 'rows'},
      {tensor: x, role: 'rows'},
      {tensor: coefficients, role: 'whole'},
      {tensor: connections, role: 'whole'},
      {tensor: dx, role: 'rows', written: true},
      {tensor: sums, role: 'sum', written: true},
      {tensor: masses, role: 'sum', written: true},
    ],
    [factor],
  );
  return masses === undefined ? [sums] : [sums, masses];
}

/**
 * A tensor that a routine works on. Of one of `rows`, each part of the batch has its own; a `sum` over the batch is
 * added up of the parts' sums.
 */
interface Slot {
  readonly tensor: TensorInfo | undefined;
  readonly role: 'rows' | 'whole' | 'sum';
  readonly written?: boolean;
}

/** Gates times rows from which another thread is worth the copies. */
const SHARED_FROM = 2e5;

/**
 * Calls `routine` with the addresses of `slots`, of scratch memory, with the sizes of the batch, and `rest`; in parts of the
 * batch if there is a worker pool.
 *
 * @param copies How many [inputs, rows of a block] arrays the scratch memory holds.
 */
function overRows(
  heap: Heap,
  routine: 'gates' | 'gatesBackward',
  {rows, inputs, units}: GateSizes,
  copies: number,
  slots: readonly Slot[],
  rest: readonly number[] = [],
): void {
  const {backend, exports} = heap;
  const pool = workerPoolFor(rows * units, SHARED_FROM);
  const share = pool === undefined ? rows : 4 * Math.ceil(rows / (1 + pool.size) / 4);
  const [mine, ...others] = partsOf(rows, share)
    .map((part) => placed(heap, slots, rows, part))
    .reverse();
  const heapNow = () => new Float32Array(backend.wasm.HEAPU8.buffer);
  const sizesOf = ({count}: Part) => [count, inputs, units, scratchFor(count, inputs, units, copies).vectors];
  const here = (part: PlacedPart) =>
    withScratch(backend, scratchFor(part.count, inputs, units, copies).words, (scratch) => {
      const call = exports[routine] as (...args: number[]) => void;
      call(...part.places.map(({at}) => at), scratch, ...sizesOf(part), ...rest);
    });
  const begun = others.map((part, worker) => {
    const scratch = {words: scratchFor(part.count, inputs, units, copies).words};
    const args = [...part.places.map(operandOf), scratch, ...sizesOf(part), ...rest];
    return {part, finish: pool!.start(worker, heapNow(), routine, args)};
  });
  here(mine!);
  for (const {part, finish} of begun) {
    if (!finish(heapNow())) here(part);
    part.places.forEach((place, i) => {
      if (place.sum !== undefined) addTo(heap, slots[i]!.tensor!, place.sum);
    });
  }
}

/** Rows of the batch. */
interface Part {
  readonly begin: number;
  readonly count: number;
}

/** Where a part finds what it works on. */
interface PlacedPart extends Part {
  readonly places: readonly Place[];
}

interface Place {
  /** Address, or 0 of what is not there. */
  readonly at: number;
  readonly words: number;
  readonly written: boolean;
  /** The part's own sum, which is yet to be added to the batch's; left out for the last part, which begins that. */
  readonly sum?: TensorInfo;
}

function partsOf(rows: number, share: number): Part[] {
  if (share >= rows) return [{begin: 0, count: rows}];
  return Array.from({length: Math.ceil(rows / share)}, (_, i) => ({
    begin: i * share,
    count: Math.min(share, rows - i * share),
  }));
}

function placed(heap: Heap, slots: readonly Slot[], rows: number, {begin, count}: Part): PlacedPart {
  const places = slots.map(({tensor, role, written = false}): Place => {
    if (tensor === undefined) return {at: 0, words: 0, written};
    const words = sizeOf(tensor);
    if (role === 'rows') {
      const row = rows === 0 ? 0 : words / rows;
      return {at: addressOf(heap, tensor) + 4 * begin * row, words: count * row, written};
    }
    if (role === 'whole' || begin + count === rows) return {at: addressOf(heap, tensor), words, written};
    const sum = heap.backend.makeOutput([words], 'float32');
    return {at: offsetOf(heap.backend, sum), words, written, sum};
  });
  return {begin, count, places};
}

function operandOf({at, words, written}: Place): Argument {
  if (at === 0) return 0;
  return written ? {words, to: run(at, words)} : {words, from: run(at, words)};
}

function addTo({backend}: Heap, total: TensorInfo, part: TensorInfo): void {
  const [to, from] = [floatsOf(backend, total), floatsOf(backend, part)];
  for (let i = 0; i < to.length; i++) to[i]! += from[i]!;
  backend.disposeData(part.dataId);
}

/** Bytes of a block that stay in a core's second-level cache, next to what streams through it. */
const CACHED_BYTES = 768 * 1024;

/** Words of scratch memory for gates on bits and on floats, and how many vectors of rows a block of floats has. */
function scratchFor(rows: number, inputs: number, units: number, copies: number) {
  const fitting = Math.floor(CACHED_BYTES / (16 * copies * Math.max(inputs, 1)));
  const vectors = Math.max(1, Math.min(4, fitting, Math.ceil(rows / 4)));
  const floats = 4 * vectors * (4 + copies * inputs);
  const packed = 16 * Math.ceil((Math.ceil(rows / 32) * inputs) / 16);
  const partials = copies === 1 ? units : 16 * (units + 3) + inputs + 2 * units;
  return {vectors, words: Math.max(floats, packed + 128 + partials)};
}

/** The sizes of a batch of gates. @throws where a connection is not the place of an input. */
function checkedSizes({backend, exports}: Heap, x: TensorInfo, connections: TensorInfo): GateSizes {
  const [rows, inputs] = x.shape as [number, number];
  const fit = exports.connectionsFit(offsetOf(backend, connections), sizeOf(connections), inputs);
  return fit
    ? {rows, inputs, units: connections.shape[0]!}
    : gateSizes(x, connections, integersOf(backend, connections));
}
