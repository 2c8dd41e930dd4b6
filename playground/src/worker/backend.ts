import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threads from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import {setBackend} from '@tensorflow/tfjs-core';
import {installTrainingKernels} from 'tfjs-discrete/wasm';

/**
 * Starts WebAssembly, for which the package has training kernels. Whether WebGPU would be faster at the sizes of this page is
 * not measured.
 */
export async function startBackend(): Promise<string> {
  const resolve = (path: string) => new URL(path, import.meta.url).href;
  setWasmPaths({
    'tfjs-backend-wasm.wasm': resolve(plain),
    'tfjs-backend-wasm-simd.wasm': resolve(simd),
    'tfjs-backend-wasm-threaded-simd.wasm': resolve(threads),
  });
  if (!(await setBackend('wasm'))) throw new Error('This browser could not start WebAssembly.');
  return `WebAssembly, ${installTrainingKernels().installed.length} kernels of the package`;
}
