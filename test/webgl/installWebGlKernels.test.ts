import {AdamOptimizer, getKernel} from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {installWebGlKernels} from '../../src/webgl/index.js';

it('installs nothing without a WebGL backend, and says why', () => {
  const {applyGradients} = AdamOptimizer.prototype;
  const {installed, skipped, restore} = installWebGlKernels();
  expect(installed).toEqual([]);
  expect(skipped).toHaveLength(19);
  expect(
    skipped.every(({reason}) => reason === "'@tensorflow/tfjs-backend-webgl' has not been imported"),
  ).toBe(true);
  expect(getKernel('DiscreteSampleGates', 'webgl')).toBeUndefined();
  expect(AdamOptimizer.prototype.applyGradients).toBe(applyGradients);
  restore();
});
