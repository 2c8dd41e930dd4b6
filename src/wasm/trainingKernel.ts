import type {KernelFunc, NamedAttrMap, TensorInfo} from '@tensorflow/tfjs-core';
import type {WasmBackend} from './heap.js';

/** The arguments of a kernel. `Inputs` names those that are always present and those that may be missing. */
export interface Call<Inputs = Record<string, TensorInfo>, Attributes = NamedAttrMap> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: WasmBackend;
}

/** Replaces or adds one kernel of TensorFlow.js's wasm backend, under the same name. */
export interface TrainingKernel {
  readonly kernelName: string;
  /**
   * Whether it replaces a kernel of the backend by a faster one that requires this package's WebAssembly module. If not, it
   * adds one that the backend lacks, and computes in JavaScript where the module is not available.
   */
  readonly speedsUp: boolean;
  /**
   * Makes the kernel.
   *
   * @param original The backend's kernel, for calls that this one leaves to it; undefined if it has none.
   */
  make(original: KernelFunc | undefined): KernelFunc;
}

/**
 * A faster implementation of a kernel that the backend has.
 *
 * @param run Returns undefined for a call that is better left to the original, which is also passed to it.
 */
export function faster<Inputs, Attributes>(
  kernelName: string,
  run: (
    call: Call<Inputs, Attributes>,
    original: (call: Call<Inputs, Attributes>) => TensorInfo,
  ) => TensorInfo | undefined,
): TrainingKernel {
  return {
    kernelName,
    speedsUp: true,
    make: (original) => (call) =>
      run(call as unknown as Call<Inputs, Attributes>, (other) => original!(other as never) as TensorInfo) ??
      original!(call),
  };
}

/** A kernel that the backend lacks; if a later version of the backend has one, that one stays. */
export function missing<Inputs, Attributes>(
  kernelName: string,
  run: (call: Call<Inputs, Attributes>) => TensorInfo,
): TrainingKernel {
  return {
    kernelName,
    speedsUp: false,
    make: () => (call) => run(call as unknown as Call<Inputs, Attributes>),
  };
}
