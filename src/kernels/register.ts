import {getKernel, type KernelConfig, registerKernel, unregisterKernel} from '@tensorflow/tfjs-core';
import {CPU_KERNELS} from './cpu/index.js';
import {TENSORFLOW_KERNELS} from './tensorflow/index.js';
import {WASM_KERNELS} from './wasm/index.js';

/** Those that come with the package's main entry. */
const KERNELS = [...CPU_KERNELS, ...WASM_KERNELS, ...TENSORFLOW_KERNELS];

/**
 * Registers this package's kernels for the backends `cpu`, `wasm` and `tensorflow`, whether or not those are present or
 * started. Calling it again changes nothing.
 */
export function registerKernels(): void {
  registerAll(KERNELS);
}

/** Undoes `registerKernels`: ops are composed of TensorFlow.js's own again. */
export function unregisterKernels(): void {
  unregisterAll(KERNELS);
}

/** Registers what the folder of a backend exports; for backends with an entry of their own. */
export function registerAll(kernels: readonly KernelConfig[]): void {
  unregisterAll(kernels);
  for (const kernel of kernels) registerKernel(kernel);
}

/** Undoes `registerAll`. */
export function unregisterAll(kernels: readonly KernelConfig[]): void {
  for (const {kernelName, backendName} of kernels) {
    if (getKernel(kernelName, backendName) !== undefined) unregisterKernel(kernelName, backendName);
  }
}
