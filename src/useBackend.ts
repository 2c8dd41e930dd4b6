import type {BackendChoice, BackendName, BackendOptions} from './node/backendOptions.js';

/**
 * Makes the fastest backend that can be loaded TensorFlow.js's backend, or the one that is named, in Node and in a page.
 *
 * The backends are packages of their own, `@tensorflow/tfjs-backend-wasm` and so on, of which it imports what is installed. In
 * a page `auto` prefers wasm, then WebGPU, WebGL and plain JavaScript; in Node see `useBackend` of `tfjs-discrete/node`, which
 * this is there. It installs this package's kernels for wasm, WebGPU and WebGL. Nothing is printed.
 *
 * @throws If `name` or an option is invalid, or if no candidate can be used; the backend then stays as it was.
 * @example
 * const {message} = await useBackend('wasm');
 * console.log(message); // which one it took, and why
 */
export async function useBackend(name?: BackendName, options?: BackendOptions): Promise<BackendChoice> {
  const here = await import('./node/useBackend.js'); // a bundle for pages has useBackend.browser.js instead
  return here.useBackend(name, options);
}
