import '@tensorflow/tfjs-layers'; // brings the gradients
import {
  AdamOptimizer,
  cast,
  conv2d,
  depthwiseConv2d,
  getKernel,
  grads,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';
import {expectAsOnCpu, forAll, smallIntegers} from './onBothBackends.js';

const REASON = 'this build of the wasm backend does not expose its memory';
vi.mock('../../src/wasm/heap.js', async (original) => ({
  ...(await original<object>()),
  heapModule: () => () => ({unavailable: REASON}),
}));

const numbers = (shape: number[], seed: number): Tensor =>
  tensor(
    smallIntegers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape,
  );

/** As with a threaded or older build of the backend, whose memory the module cannot use. */
describe('installTrainingKernels without the WebAssembly module', () => {
  let kernels: TrainingKernels;
  const before = {matMul: getKernel('BatchMatMul', 'wasm'), adam: AdamOptimizer.prototype.applyGradients};
  beforeEach(() => {
    kernels = installTrainingKernels();
  });
  afterEach(() => kernels.restore());

  it('adds the kernels that the backend lacks, leaves the others, and says why', () => {
    expect(kernels.installed).toEqual([
      'UnsortedSegmentSum',
      'Conv2DBackpropFilter',
      'DepthwiseConv2dNativeBackpropFilter',
      'DepthwiseConv2dNativeBackpropInput',
      'Einsum',
      'Engine.addTapeNode',
      'Engine.clone',
      'Engine.endScope',
    ]);
    expect(kernels.skipped).toContainEqual({kernel: 'BatchMatMul', reason: REASON});
    expect(kernels.skipped).toContainEqual({kernel: 'AdamOptimizer.applyGradients', reason: REASON});
    expect(getKernel('BatchMatMul', 'wasm')).toBe(before.matMul);
    expect(AdamOptimizer.prototype.applyGradients).toBe(before.adam);
  });

  const convolution = fc.record({
    size: fc.integer({min: 4, max: 7}),
    channels: fc.integer({min: 1, max: 4}),
    filter: fc.integer({min: 1, max: 4}),
    filters: fc.integer({min: 1, max: 3}),
    stride: fc.integer({min: 1, max: 3}),
    pad: fc.constantFrom('same', 'valid', 1) as fc.Arbitrary<'same' | 'valid' | number>,
    depthwise: fc.boolean(),
    seed: fc.nat(),
  });

  it('gives convolutions the gradients of the cpu backend', async () => {
    await forAll(
      150,
      convolution,
      async ({size, channels, filter, filters, stride, pad, depthwise, seed}) => {
        const convolve = depthwise ? depthwiseConv2d : conv2d;
        const f = (x: Tensor, w: Tensor): Tensor => convolve(x as Tensor4D, w as Tensor4D, stride, pad);
        await expectAsOnCpu(() => {
          const x = numbers([2, size, size + 1, channels], seed);
          const w = numbers([filter, filter, channels, filters], seed + 1);
          return grads(f)([x, w], numbers(f(x, w).shape, 9));
        });
      },
    );
  });

  it('sums segments as the cpu backend does', async () => {
    await forAll(50, fc.record({rows: fc.nat({max: 9}), seed: fc.nat()}), async ({rows, seed}) => {
      const ids = tensorOf(Array.from(smallIntegers(rows, seed), (each) => each + 1));
      await expectAsOnCpu(() =>
        unsortedSegmentSum(cast(numbers([rows, 3], seed), seed % 2 ? 'float32' : 'int32'), ids(), 4),
      );
    });
  });
});

const tensorOf = (ids: number[]) => () => tensor(ids, [ids.length], 'int32') as Tensor1D;
