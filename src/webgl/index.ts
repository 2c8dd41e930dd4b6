import {env, findBackendFactory} from '@tensorflow/tfjs-core';
import {registerAll, unregisterAll} from '../kernels/register.js';
import {WEBGL_KERNELS} from '../kernels/webgl/index.js';
import {fuseTfjsAdam} from '../optimizers/fuseTfjsAdam.js';
import type {TrainingKernels} from '../wasm/index.js';

export type {TrainingKernels};

let current: TrainingKernels | undefined;

/**
 * Registers this package's kernels for TensorFlow.js's WebGL backend: sampling, its gradients, logic gates, what the monitors sum up,
 * and the step of Adam, this package's and TensorFlow.js's own. They need WebGL 2 with textures of 32-bit floats; without, nothing is
 * installed, `skipped` says why, and layers stay composed of TensorFlow.js's own operations.
 *
 * A WebGL program writes one tensor, so an op takes one program per output, and one or two more where it sums up rows first. The inputs'
 * gradient of logic gates is linear in the units; TensorFlow.js's own gradient of `gather` is quadratic there. Random numbers
 * are those of every other backend, bit for bit; samples and gradients as described for `installWebGpuKernels`.
 *
 * Import `@tensorflow/tfjs-backend-webgl` first. Until `restore` is called, a second call changes nothing and returns the result of
 * the first.
 *
 * @example
 * const {installed, skipped} = installWebGlKernels();
 * console.log(installed.length, skipped[0]?.reason);
 */
export function installWebGlKernels(): TrainingKernels {
  if (current !== undefined) return current;
  const names = WEBGL_KERNELS.map(({kernelName}) => kernelName);
  const reason = whyNot();
  if (reason !== undefined) {
    return {installed: [], skipped: names.map((kernel) => ({kernel, reason})), restore: () => {}};
  }
  registerAll(WEBGL_KERNELS);
  const restoreAdam = fuseTfjsAdam('webgl');
  current = {
    installed: names,
    skipped: [],
    restore: () => {
      unregisterAll(WEBGL_KERNELS);
      restoreAdam();
      current = undefined;
    },
  };
  return current;
}

/** Why the kernels cannot run here; undefined where they can. */
function whyNot(): string | undefined {
  if (findBackendFactory('webgl') === null) return "'@tensorflow/tfjs-backend-webgl' has not been imported";
  if (env().getNumber('WEBGL_VERSION') !== 2) return 'there is no WebGL 2';
  if (!env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) return 'the device does not render 32-bit floats';
  return undefined;
}
