import {installWebGpuKernels} from 'tfjs-discrete/webgpu';

/** Installs this package's kernels for a GPU backend. */
export function installKernels(backendName: string): {restore(): void} {
  if (backendName === 'webgpu') return installWebGpuKernels();
  throw new Error(`no kernels for ${backendName}`);
}
