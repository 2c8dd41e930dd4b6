import type {KernelFunc, NamedAttrMap, TensorInfo} from '@tensorflow/tfjs-core';
import type {WasmBackend} from './heap.js';

/** What a kernel gets. `Inputs` names the inputs that are always there and those that may be missing. */
export interface Call<Inputs = Record<string, TensorInfo>, Attributes = NamedAttrMap> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: WasmBackend;
}

/** Stands in for one kernel of TensorFlow.js's wasm backend, under the same name. */
export interface TrainingKernel {
  readonly kernelName: string;
  /**
   * Whether it speeds up a kernel of the backend's, with the own module; else it brings one that the backend lacks,
   * and JavaScript over the heap serves where there is no module.
   */
  readonly speedsUp: boolean;
  /**
   * Makes the kernel.
   *
   * @param original The backend's own, for calls that this one leaves to it; undefined where it has none.
   */
  make(original: KernelFunc | undefined): KernelFunc;
}

/**
 * A faster implementation of a kernel that the backend has.
 *
 * @param run Returns undefined for a call that is better left to the original, which it gets too.
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

/** A kernel that the backend lacks; where a later version of it has one, that one stays. */
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
