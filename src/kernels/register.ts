import {getKernel, type KernelConfig, registerKernel, unregisterKernel} from '@tensorflow/tfjs-core';
import type {WasmBackend} from '../wasm/heap.js';
import {cpuHost} from './cpu/host.js';
import {TYPED_ARRAY_FORMS} from './typedArrays/forms.js';
import type {FormAttributes, FormInputs} from './typedArrays/Host.js';
import {WASM_FORMS} from './wasm/forms.js';
import {heapHost} from './wasm/host.js';
import {kernelModule} from './wasm/kernelModule.js';

/**
 * Registers the fast forms of this package's kernels for the backends `cpu` and `wasm`, whether or not
 * those are present or started. Calling it again changes nothing.
 */
export function registerKernels(): void {
  for (const config of fastForms()) {
    unregister(config);
    registerKernel(config);
  }
}

/** Undoes `registerKernels`: the composed forms serve again. */
export function unregisterKernels(): void {
  for (const config of fastForms()) unregister(config);
}

function unregister({kernelName, backendName}: KernelConfig): void {
  if (getKernel(kernelName, backendName) !== undefined) unregisterKernel(kernelName, backendName);
}

function fastForms(): KernelConfig[] {
  return Object.entries(TYPED_ARRAY_FORMS).flatMap(([kernelName, form]): KernelConfig[] => [
    {
      kernelName,
      backendName: 'cpu',
      kernelFunc: ({backend, inputs, attrs}) =>
        form(cpuHost(backend as WasmBackend), inputs as FormInputs, attrs as unknown as FormAttributes),
    },
    {
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({backend: anyBackend, inputs: named, attrs}) => {
        const backend = anyBackend as WasmBackend;
        const [inputs, attributes] = [named as FormInputs, attrs as unknown as FormAttributes];
        const {exports} = kernelModule(backend);
        if (exports === undefined) return form(heapHost(backend), inputs, attributes);
        return WASM_FORMS[kernelName]!({backend, exports}, inputs, attributes);
      },
    },
  ]);
}
