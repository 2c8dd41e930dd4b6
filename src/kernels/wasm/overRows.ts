import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import {floatsOf, integersOf, offsetOf, type WasmBackend, withScratch} from '../../wasm/heap.js';
import {type Argument, run, workerPoolFor} from '../../wasm/workerPool.js';
import {checkedGateSizes, type GateSizes} from '../GateSizes.js';
import {exportsOf, kernelModule} from './kernelModule.js';
import {PackedInputs, type Words} from './PackedInputs.js';

/**
 * A tensor that a routine works on. Each part of the batch has its own `rows`; `whole` is shared; a `sum` over the batch adds
 * up the sums of the parts.
 */
export interface Operand {
  readonly tensor: TensorInfo | undefined;
  readonly role: 'rows' | 'whole' | 'sum';
  readonly written?: boolean;
}

/** What differs between the parts of a batch, besides the addresses. */
interface PartSizes {
  readonly scratch: Argument;
  readonly rows: number;
  /** How many vectors of rows a block of floats has. */
  readonly vectors: number;
}

/** A routine of the module that runs over the rows of a batch. */
export interface Routine<Name extends string> {
  readonly name: 'gates' | 'gatesBackward';
  readonly sizes: GateSizes;
  /** How many [inputs, rows of a block] arrays its scratch memory holds. */
  readonly copies: number;
  readonly operands: Readonly<Record<Name, Operand>>;
  /** Its arguments in order, given the address of each operand, 0 where there is none. */
  readonly args: (at: Readonly<Record<Name, Argument>>, part: PartSizes) => Argument[];
}

/** Gates times rows from which another thread is worth the copies. */
const SHARED_FROM = 2e5;

/**
 * Calls `use` with the words of some matrices, or with memory for them, and keeps what it packed. There is none in batches that
 * threads share, each part of which is packed by itself, and none without the module.
 *
 * @param use Returns 1 if the words have their matrices now.
 */
export function withWords(
  backend: WasmBackend,
  {rows, units}: GateSizes,
  matrices: TensorInfo[],
  use: (words: Words[]) => number,
): void {
  const isShared = workerPoolFor(rows * units, SHARED_FROM) !== undefined;
  const keeps = !isShared && kernelModule(backend).exports !== undefined;
  PackedInputs.during(keeps ? PackedInputs.of(backend) : undefined, matrices, use);
}

/**
 * Runs a routine, in parts of the batch where there are threads to share it with.
 *
 * @returns What the routine returns where it is one part.
 */
export function overRows<Name extends string>(backend: WasmBackend, routine: Routine<Name>): number {
  const {rows, units} = routine.sizes;
  const pool = workerPoolFor(rows * units, SHARED_FROM);
  const share = pool === undefined ? rows : 4 * Math.ceil(rows / (1 + pool.size) / 4);
  const [mine, ...others] = partsOf(rows, share)
    .map((part) => placed(backend, routine, part))
    .reverse();
  const heapNow = () => new Float32Array(backend.wasm.HEAPU8.buffer);
  const runHere = (part: PlacedPart<Name>) =>
    withScratch(backend, scratchFor(routine, part.count).words, (scratch) => {
      const call = exportsOf(backend)[routine.name] as (...args: number[]) => number;
      return call(...(argumentsOf(routine, part, scratch, ({at}) => at) as number[]));
    });
  const started = others.map((part, worker) => {
    const scratch = {words: scratchFor(routine, part.count).words};
    const args = argumentsOf(routine, part, scratch, copied);
    return {part, finish: pool!.start(worker, heapNow(), routine.name, args)};
  });
  const result = runHere(mine!);
  for (const {part, finish} of started) {
    if (!finish(heapNow())) runHere(part);
    for (const {sum, tensor} of Object.values<Placed>(part.operands)) {
      if (sum !== undefined) addTo(backend, tensor!, sum);
    }
  }
  return result;
}

/** Rows of the batch. */
interface Part {
  readonly begin: number;
  readonly count: number;
}

/** A part with the addresses of what it works on. */
interface PlacedPart<Name extends string> extends Part {
  readonly operands: Readonly<Record<Name, Placed>>;
}

interface Placed extends Operand {
  /** Address, or 0 where there is no tensor. */
  readonly at: number;
  readonly words: number;
  /** The part's own sum, which is yet to be added to the batch's; left out for the last part, which writes there. */
  readonly sum?: TensorInfo;
}

function partsOf(rows: number, share: number): Part[] {
  if (share >= rows) return [{begin: 0, count: rows}];
  return Array.from({length: Math.ceil(rows / share)}, (_, i) => ({
    begin: i * share,
    count: Math.min(share, rows - i * share),
  }));
}

function placed<Name extends string>(
  backend: WasmBackend,
  {operands, sizes: {rows}}: Routine<Name>,
  {begin, count}: Part,
): PlacedPart<Name> {
  const place = (operand: Operand): Placed => {
    const {tensor, role} = operand;
    if (tensor === undefined) return {...operand, at: 0, words: 0};
    const words = util.sizeFromShape(tensor.shape);
    if (role === 'rows') {
      const row = rows === 0 ? 0 : words / rows;
      return {...operand, at: offsetOf(backend, tensor) + 4 * begin * row, words: count * row};
    }
    if (role === 'whole' || begin + count === rows) return {...operand, at: offsetOf(backend, tensor), words};
    const sum = backend.makeOutput([words], 'float32');
    return {...operand, at: offsetOf(backend, sum), words, sum};
  };
  return {begin, count, operands: mapValues(operands, place)};
}

function argumentsOf<Name extends string>(
  routine: Routine<Name>,
  {count, operands}: PlacedPart<Name>,
  scratch: Argument,
  addressOf: (operand: Placed) => Argument,
): Argument[] {
  const {vectors} = scratchFor(routine, count);
  return routine.args(mapValues(operands, addressOf), {scratch, rows: count, vectors});
}

/** An operand that another thread copies to its own memory, and back where it is written. */
function copied({at, words, written = false}: Placed): Argument {
  if (at === 0) return 0;
  return written ? {words, to: run(at, words)} : {words, from: run(at, words)};
}

function addTo(backend: WasmBackend, total: TensorInfo, part: TensorInfo): void {
  const [to, from] = [floatsOf(backend, total), floatsOf(backend, part)];
  for (let i = 0; i < to.length; i++) to[i]! += from[i]!;
  backend.disposeData(part.dataId);
}

/** Bytes of a block that stay in a core's second-level cache, next to what streams through it. */
const CACHED_BYTES = 768 * 1024;

/** Words of scratch memory for gates on bits and on floats, and how many vectors of rows a block of floats has. */
function scratchFor({copies, sizes: {inputs, units}}: Routine<string>, rows: number) {
  const fitting = Math.floor(CACHED_BYTES / (16 * copies * Math.max(inputs, 1)));
  const vectors = Math.max(1, Math.min(4, fitting, Math.ceil(rows / 4)));
  const floats = 4 * vectors * (4 + copies * inputs);
  const packed = 16 * Math.ceil((Math.ceil(rows / 32) * inputs) / 16);
  const records = 32 + (copies === 1 ? 0 : 8 * (inputs + 1)) + 64 * Math.ceil(units / 4); // of `packedGateGradients.ts`
  return {vectors, words: Math.max(floats, packed + records)};
}

function mapValues<Name extends string, From, To>(
  values: Readonly<Record<Name, From>>,
  map: (value: From) => To,
): Record<Name, To> {
  const entries = Object.entries(values) as [Name, From][];
  return Object.fromEntries(entries.map(([name, value]) => [name, map(value)])) as Record<Name, To>;
}

/** The sizes of a batch of gates. @throws If a connection is not the index of an input. */
export function gateSizesOf(backend: WasmBackend, x: TensorInfo, connections: TensorInfo): GateSizes {
  const [rows, inputs] = x.shape as [number, number];
  const length = util.sizeFromShape(connections.shape);
  const fit = exportsOf(backend).connectionsFit(offsetOf(backend, connections), length, inputs);
  return fit === 1
    ? {rows, inputs, units: connections.shape[0]!}
    : checkedGateSizes(x, connections, integersOf(backend, connections));
}
