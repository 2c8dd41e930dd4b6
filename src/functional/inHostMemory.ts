import {getBackend} from '@tensorflow/tfjs-core';
import {usesGpu} from '../kernels/index.js';

/**
 * Whether the current backend's tensors lie in host memory, where reading one waits for no device: plain JavaScript, WebAssembly,
 * and native TensorFlow unless it computes on a GPU.
 */
export function inHostMemory(): boolean {
  return ['cpu', 'wasm', 'tensorflow'].includes(getBackend()) && !usesGpu();
}
