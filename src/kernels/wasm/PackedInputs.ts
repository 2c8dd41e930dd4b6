import type {DataId, TensorInfo} from '@tensorflow/tfjs-core';
import type {WasmBackend} from '../../wasm/heap.js';

/** Bytes that a backend keeps. Forty tensors of a batch of 100 and 8,000 features fit, a network's worth. */
const CAPACITY = 4 * 1024 * 1024;

/** A matrix of zeros and ones, packed into a bit each, or memory for it. */
export interface Words {
  /** Address, or 0 where there is no memory: a routine then packs the matrix for itself. */
  readonly at: number;
  /** Whether the matrix is there already. */
  readonly isPacked: boolean;
}

interface Kept {
  readonly at: number;
  readonly bytes: number;
  readonly rows: number;
  readonly columns: number;
}

const NONE: Words = {at: 0, isPacked: false};

/**
 * The latest inputs and outputs of gates, packed into bits: what a forward pass packs, or puts out, serves its backward pass and the next
 * layer, which would otherwise read all floats again only to pack them again.
 *
 * The memory is the backend's own but no tensor's. It is bounded, since the oldest is freed for the newest, and it holds nothing that a
 * miss would not compute again. Tensors never change, so a tensor is identified by its data, and by its shape, as
 * reshaped tensors share their data.
 */
export class PackedInputs {
  private readonly kept = new Map<DataId, Kept>();
  private used = 0;

  private constructor(private readonly wasm: Required<WasmBackend['wasm']>) {}

  private static readonly all = new WeakMap<WasmBackend, PackedInputs>();

  /** Those of a backend, or undefined where it does not give out memory. */
  static of(backend: WasmBackend): PackedInputs | undefined {
    const known = PackedInputs.all.get(backend);
    const {wasm} = backend;
    if (known !== undefined || wasm._malloc === undefined || wasm._free === undefined) return known;
    const made = new PackedInputs(wasm as Required<WasmBackend['wasm']>);
    PackedInputs.all.set(backend, made);
    return made;
  }

  /**
   * Calls `use` with the words of some matrices, or memory for them, and keeps what it packed there.
   *
   * @param use Returns 1 if all words have their matrix now.
   */
  static during(
    packed: PackedInputs | undefined,
    matrices: TensorInfo[],
    use: (words: Words[]) => number,
  ): void {
    const words: Words[] = [];
    let result = 0;
    try {
      for (const matrix of matrices) words.push(packed?.find(matrix) ?? NONE);
      result = use(words);
    } finally {
      for (const [i, each] of words.entries()) packed?.settle(matrices[i]!, each, result === 1);
    }
  }

  /** The words of a matrix, or memory for them. */
  private find({dataId, shape}: TensorInfo): Words {
    const [rows, columns] = shape as [number, number];
    const known = this.kept.get(dataId);
    if (known !== undefined) {
      this.kept.delete(dataId);
      if (known.rows === rows && known.columns === columns) {
        this.kept.set(dataId, known); // the newest now
        return {at: known.at, isPacked: true};
      }
      this.free(known);
    }
    return this.allocate(bytesOf(rows, columns));
  }

  /** Keeps what a routine packed, and frees the memory of what it did not. */
  private settle({dataId, shape}: TensorInfo, {at, isPacked}: Words, packed: boolean): void {
    if (at === 0 || isPacked) return;
    const [rows, columns] = shape as [number, number];
    const entry = {at, rows, columns, bytes: bytesOf(rows, columns)};
    if (packed) this.kept.set(dataId, entry);
    else this.free(entry);
  }

  private allocate(bytes: number): Words {
    // Two at a time always fit, so that an input stays while there is made room for its output.
    if (bytes === 0 || 2 * bytes > CAPACITY) return NONE;
    for (const [dataId, oldest] of this.kept) {
      if (this.used + bytes <= CAPACITY) break;
      this.kept.delete(dataId);
      this.free(oldest);
    }
    const at = this.wasm._malloc(bytes);
    if (at === 0) return NONE;
    this.used += bytes;
    return {at, isPacked: false};
  }

  private free({at, bytes}: Kept): void {
    this.wasm._free(at);
    this.used -= bytes;
  }
}

/** Bytes of the words of a matrix: a word holds 32 rows of a column. */
function bytesOf(rows: number, columns: number): number {
  return 4 * Math.ceil(rows / 32) * columns;
}
