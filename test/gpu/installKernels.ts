import {installWebGlKernels} from 'tfjs-discrete/webgl';
import {installWebGpuKernels} from 'tfjs-discrete/webgpu';
import {ensure} from '../browser/assertions.js';

/** Installs this package's kernels for a GPU backend. */
export function installKernels(backendName: string): {restore(): void} {
  const kernels = backendName === 'webgl' ? installWebGlKernels() : installWebGpuKernels();
  ensure(kernels.skipped.length === 0, `skipped: ${JSON.stringify(kernels.skipped)}`);
  return kernels;
}
