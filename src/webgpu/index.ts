import {registerAll, unregisterAll} from '../kernels/register.js';
import {WEBGPU_KERNELS} from '../kernels/webgpu/index.js';
import {fuseTfjsAdam} from '../optimizers/fuseTfjsAdam.js';
import type {TrainingKernels} from '../wasm/index.js';

export type {TrainingKernels};

let current: TrainingKernels | undefined;

/**
 * Registers this package's kernels for TensorFlow.js's WebGPU backend: sampling, its gradients, logic gates, what the monitors sum up,
 * and the step of Adam, this package's and TensorFlow.js's own. Each is one or two dispatches, where composed of TensorFlow.js's own
 * operations it takes up to twenty. Random numbers are computed on the device; nothing is read back.
 *
 * Same seed, same run: no sum depends on the order in which the device works. Uniform numbers are those of every other backend, bit for
 * bit. A sample differs from cpu's only where its uniform number lies within rounding of the boundary, since a GPU may divide
 * and multiply a last bit differently; gradients agree within `float32` error.
 *
 * The backend need not be started yet. Until `restore` is called, a second call changes nothing and returns the result of the first.
 *
 * @example
 * const {installed, restore} = installWebGpuKernels();
 * installed.length; // 19
 * restore();
 */
export function installWebGpuKernels(): TrainingKernels {
  if (current !== undefined) return current;
  registerAll(WEBGPU_KERNELS);
  const restoreAdam = fuseTfjsAdam('webgpu');
  current = {
    installed: WEBGPU_KERNELS.map(({kernelName}) => kernelName),
    skipped: [],
    restore: () => {
      unregisterAll(WEBGPU_KERNELS);
      restoreAdam();
      current = undefined;
    },
  };
  return current;
}
