import {AdamOptimizer, getKernel} from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {installWebGpuKernels} from '../../src/webgpu/index.js';

it('registers kernels for webgpu alone, replaces the step of Adam, and takes both back', () => {
  const applyGradients = AdamOptimizer.prototype.applyGradients;
  const kernels = installWebGpuKernels();
  expect(installWebGpuKernels()).toBe(kernels);
  expect(kernels.installed).toContain('DiscreteSampleGates');
  for (const name of kernels.installed) expect(getKernel(name, 'webgpu'), name).toBeDefined();
  expect(AdamOptimizer.prototype.applyGradients).not.toBe(applyGradients);
  kernels.restore();
  for (const name of kernels.installed) expect(getKernel(name, 'webgpu'), name).toBeUndefined();
  expect(AdamOptimizer.prototype.applyGradients).toBe(applyGradients);
});
