import type {KernelBackend} from '@tensorflow/tfjs-core';
import {floatsOf, integersOf, offsetOf, type WasmBackend} from '../../wasm/heap.js';
import type {Host} from '../typedArrays/Host.js';

/** The wasm backend's tensors as typed arrays over its memory, for when no own module can be had. */
export function heapHost(kernelBackend: KernelBackend): Host {
  const backend = kernelBackend as WasmBackend;
  return {
    output: (shape) => backend.makeOutput(shape, 'float32'),
    floats: (...tensors) => {
      for (const tensor of tensors) offsetOf(backend, tensor); // all are here before the first view is taken
      return tensors.map((tensor) => floatsOf(backend, tensor));
    },
    integers: (tensor) => integersOf(backend, tensor),
  };
}
