import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import {offsetOf, type WasmBackend} from './heap.js';

/** The dtypes whose elements are numbers in the backend's memory. */
export type NumericType = 'float32' | 'int32' | 'bool';

/** A view of a tensor's elements, whatever its numeric dtype. Memory growth detaches it. */
export function elementsOf(backend: WasmBackend, tensor: TensorInfo): Float32Array | Int32Array | Uint8Array {
  const offset = offsetOf(backend, tensor);
  const buffer = backend.wasm.HEAPU8.buffer as ArrayBuffer;
  const size = util.sizeFromShape(tensor.shape);
  if (tensor.dtype === 'bool') return new Uint8Array(buffer, offset, size);
  return new (tensor.dtype === 'int32' ? Int32Array : Float32Array)(buffer, offset, size);
}

/** Whether a tensor has a numeric dtype; strings and complex numbers do not. */
export function isNumeric({dtype}: TensorInfo): boolean {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}

/**
 * Calls `use` with `tensors` as `dtype`. Tensors of another numeric dtype are copied first, and the copies freed
 * afterwards.
 */
export function withDtype<T>(
  backend: WasmBackend,
  dtype: NumericType,
  tensors: readonly TensorInfo[],
  use: (...cast: TensorInfo[]) => T,
): T {
  const copies: TensorInfo[] = [];
  try {
    return use(
      ...tensors.map((tensor) => {
        if (tensor.dtype === dtype) return tensor;
        const copy = backend.makeOutput(tensor.shape, dtype);
        copies.push(copy);
        const from = elementsOf(backend, tensor);
        const to = elementsOf(backend, copy);
        if (dtype === 'bool') for (let i = 0; i < to.length; i++) to[i] = from[i] === 0 ? 0 : 1;
        else to.set(from);
        return copy;
      }),
    );
  } finally {
    for (const {dataId} of copies) backend.disposeData(dataId);
  }
}
