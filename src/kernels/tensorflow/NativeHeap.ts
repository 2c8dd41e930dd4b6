import {
  type BackendValues,
  type DataId,
  type DataType,
  KernelBackend,
  type TensorInfo,
  type TypedArray,
  util,
} from '@tensorflow/tfjs-core';
import type {WasmBackend} from '../../wasm/heap.js';

/** What this package uses of native TensorFlow's backend (tfjs-node 4.22). */
export interface NativeBackend extends KernelBackend {
  readSync(dataId: DataId): BackendValues;
  write(values: BackendValues, shape: number[], dtype: DataType): DataId;
}

const PAGE = 65_536;
/** Tensors begin at cache lines; address 0 stands for none. */
const ALIGNMENT = 64;

/**
 * WebAssembly memory that the kernels of `../wasm` find the tensors of native TensorFlow in: an input is copied in when its
 * address is asked for, outputs are copied out when the kernel has ended, and the next kernel begins with an empty memory.
 */
export class NativeHeap extends KernelBackend implements WasmBackend {
  readonly wasm: WasmBackend['wasm'];
  readonly dataIdMap = {
    get: (dataId: DataId) => ({memoryOffset: this.offsets.get(dataId) ?? this.copyIn(dataId)}),
  };
  private readonly pages = new WebAssembly.Memory({initial: 1});
  private readonly offsets = new Map<DataId, number>();
  private end = ALIGNMENT;

  constructor(private readonly native: NativeBackend) {
    super();
    const {pages: memory} = this;
    this.wasm = {
      asm: {memory},
      get HEAPU8() {
        return new Uint8Array(memory.buffer);
      },
    };
  }

  /** Runs a kernel; what it returns are tensors of native TensorFlow. */
  run(kernel: () => TensorInfo | TensorInfo[]): TensorInfo | TensorInfo[] {
    try {
      const outputs = kernel();
      return Array.isArray(outputs) ? outputs.map((one) => this.copyOut(one)) : this.copyOut(outputs);
    } finally {
      this.offsets.clear();
      this.end = ALIGNMENT;
    }
  }

  makeOutput(shape: number[], dtype: DataType): TensorInfo {
    const dataId = {};
    this.place(dataId, 4 * util.sizeFromShape(shape));
    return {dataId, shape, dtype};
  }

  /** Scratch memory is free again when the kernel has ended. */
  override disposeData(): boolean {
    return true;
  }

  private copyIn(dataId: DataId): number {
    const values = this.native.readSync(dataId) as TypedArray;
    const offset = this.place(dataId, values.byteLength);
    new Uint8Array(this.pages.buffer).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      offset,
    );
    return offset;
  }

  private copyOut({dataId, shape, dtype}: TensorInfo): TensorInfo {
    const values = new Float32Array(this.pages.buffer, this.offsets.get(dataId)!, util.sizeFromShape(shape));
    return {dataId: this.native.write(values.slice(), shape, dtype), shape, dtype};
  }

  private place(dataId: DataId, bytes: number): number {
    const offset = this.end;
    this.end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = Math.ceil((this.end - this.pages.buffer.byteLength) / PAGE);
    if (missing > 0) this.pages.grow(missing);
    this.offsets.set(dataId, offset);
    return offset;
  }
}
