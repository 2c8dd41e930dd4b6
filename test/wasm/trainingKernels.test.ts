import '@tensorflow/tfjs-layers'; // brings the gradients
import {
  abs,
  cast,
  clone,
  concat,
  conv2d,
  conv2dTranspose,
  type DataType,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  depthwiseConv2d,
  div,
  einsum,
  engine,
  fused,
  gather,
  getKernel,
  getKernelsForBackend,
  grad,
  grads,
  greater,
  matMul,
  maxPool,
  mul,
  registerKernel,
  reshape,
  slice,
  sqrt,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor,
  unregisterKernel,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';
import {describeOn} from '../support/describeOn.js';
import {expectAsOnCpu, forAll, numbers, runOn, smallIntegers} from './onBothBackends.js';

const length = (max: number) => fc.integer({min: 1, max});

describeOn('cpu', 'installTrainingKernels without a running wasm backend', () => {
  it('throws an error that says what to do first, and changes nothing', () => {
    const before = getKernelsForBackend('wasm');
    expect(() => installTrainingKernels()).toThrow(/await setBackend\('wasm'\) first/);
    expect(getKernelsForBackend('wasm')).toEqual(before);
  });
});

describeOn('wasm', 'installTrainingKernels', () => {
  let kernels: TrainingKernels;
  beforeEach(() => {
    kernels = installTrainingKernels();
  });
  afterEach(() => kernels.restore());

  it('installs everything on the SIMD build', () => {
    expect(kernels.skipped).toEqual([]);
    expect(kernels.installed).toContain('BatchMatMul');
    expect(kernels.installed).toContain('UnsortedSegmentSum');
  });

  it('changes nothing when called again', () => {
    const config = getKernel('BatchMatMul', 'wasm');
    expect(installTrainingKernels()).toBe(kernels);
    expect(getKernel('BatchMatMul', 'wasm')).toBe(config);
  });

  it('restores the original kernels and can be installed again', () => {
    kernels.restore();
    const original = new Map(getKernelsForBackend('wasm').map((each) => [each.kernelName, each]));
    expect(original.has('Conv2DBackpropFilter')).toBe(false);
    const again = installTrainingKernels();
    for (const name of again.installed.filter((each) => !each.includes('.'))) {
      expect(getKernel(name, 'wasm'), name).not.toBe(original.get(name));
    }
    again.restore();
    again.restore();
    expect(new Map(getKernelsForBackend('wasm').map((each) => [each.kernelName, each]))).toEqual(original);
    expect(installTrainingKernels()).not.toBe(again);
    kernels = installTrainingKernels();
  });

  it('skips a kernel that this version of the backend does not have, and says so', () => {
    kernels.restore();
    const original = getKernel('Log1p', 'wasm')!;
    unregisterKernel('Log1p', 'wasm');
    try {
      kernels = installTrainingKernels();
      expect(kernels.skipped).toEqual([
        {kernel: 'Log1p', reason: 'this version of the wasm backend has none to speed up'},
      ]);
      expect(getKernel('Log1p', 'wasm')).toBeUndefined();
      kernels.restore();
      expect(getKernel('Log1p', 'wasm')).toBeUndefined();
    } finally {
      registerKernel(original);
    }
  });

  it('multiplies empty batches', async () => {
    await expectAsOnCpu(() => [
      matMul(numbers([0, 9, 4], 1), numbers([1, 4, 5], 2)),
      matMul(numbers([1, 9, 4], 1), numbers([0, 4, 5], 2)),
    ]);
  });

  it('multiplies every pair of matrices where both operands are broadcast', async () => {
    const [a, b] = [numbers([2, 1, 3, 4], 1), numbers([1, 2, 4, 5], 2)];
    const pairs = [0, 1].flatMap((i) =>
      [0, 1].map((j) => matMul(slice(a, [i, 0, 0, 0], [1, 1, 3, 4]), slice(b, [0, j, 0, 0], [1, 1, 4, 5]))),
    );
    expect(matMul(a, b).arraySync()).toEqual(reshape(concat(pairs), [2, 2, 3, 5]).arraySync());
    const three = matMul(numbers([3, 1, 2, 4], 3), b, false, false);
    expect(three.shape).toEqual([3, 2, 2, 5]);
  });

  it('multiplies matrices without rows or columns', async () => {
    await expectAsOnCpu(() => [
      matMul(numbers([5, 0], 1), numbers([5, 3], 2), true),
      matMul(numbers([5, 0], 1), numbers([5, 0], 2), true),
      matMul(numbers([5, 0], 1), numbers([3, 0], 2), false, true),
      matMul(numbers([5, 4], 1), numbers([4, 0], 2)),
      matMul(numbers([0, 4], 1), numbers([4, 3], 2)),
      matMul(numbers([2, 0, 4], 1), numbers([2, 4, 3], 2)),
    ]);
  });

  it('leaves few rows times a repeatedly used weight to the backend, which keeps it packed', () => {
    kernels.restore();
    const original = getKernel('BatchMatMul', 'wasm')!;
    let asked = 0;
    unregisterKernel('BatchMatMul', 'wasm');
    registerKernel({
      ...original,
      kernelFunc: (call) => {
        asked++;
        return original.kernelFunc(call);
      },
    });
    try {
      kernels = installTrainingKernels();
      const [few, many] = [numbers([8, 30], 1), numbers([65, 30], 1)];
      const askedBy = (a: Tensor, weight: () => Tensor, transposed = false) => {
        asked = 0;
        const products = Array.from({length: 20}, () =>
          (transposed ? matMul(a, weight(), false, true) : matMul(a, weight())).arraySync(),
        );
        for (const each of products) expect(each).toEqual(products[0]);
        return asked;
      };
      const [weight, transposed] = [numbers([30, 20], 2), numbers([20, 30], 2)];
      expect(askedBy(few, () => weight)).toBe(12);
      expect(askedBy(many, () => weight)).toBe(0);
      expect(askedBy(few, () => numbers([30, 20], 2))).toBe(0);
      expect(askedBy(few, () => transposed, true)).toBe(0);
    } finally {
      kernels.restore();
      unregisterKernel('BatchMatMul', 'wasm');
      registerKernel(original);
    }
  });

  const product = fc.record({
    batch: fc.constantFrom([], [1], [3], [2, 2]),
    broadcast: fc.constantFrom('none', 'a', 'b'),
    m: length(21),
    n: length(40),
    k: length(70),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    seed: fc.nat(),
  });

  it('multiplies like the cpu backend with any transposed or broadcast operand', async () => {
    await forAll(500, product, async ({batch, broadcast, m, n, k, transposeA, transposeB, seed}) => {
      const outer = (one: string) => (broadcast === one ? batch.map(() => 1) : batch);
      const a = [...outer('a'), ...(transposeA ? [k, m] : [m, k])];
      const b = [...outer('b'), ...(transposeB ? [n, k] : [k, n])];
      await expectAsOnCpu(() => matMul(numbers(a, seed), numbers(b, seed + 1), transposeA, transposeB));
    });
  });

  it('multiplies matrices larger than its blocks', async () => {
    for (const [m, k, n] of [
      [300, 1100, 37],
      [131, 513, 9],
      [4, 1025, 32],
      [9, 512, 31],
    ] as const) {
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          await expectAsOnCpu(() =>
            matMul(
              numbers(transposeA ? [k, m] : [m, k], 1),
              numbers(transposeB ? [n, k] : [k, n], 2),
              transposeA,
              transposeB,
            ),
          );
        }
      }
    }
  });

  it('returns zeros if the shared dimension is empty', async () => {
    await expectAsOnCpu(() => matMul(tensor([], [3, 0]), tensor([], [0, 2])));
  });

  it('multiplies bit for bit like the backend if that uses XNNPACK', async () => {
    const make = () => {
      const real = (shape: [number, number], seed: number) => div(numbers(shape, seed), 7);
      return matMul(real([64, 700], 5), real([700, 50], 6));
    };
    const [own] = await runOn('wasm', make);
    kernels.restore();
    const [original] = await runOn('wasm', make);
    expect(own).toEqual(original);
  });

  it('throws if the inner shapes differ', () => {
    expect(() => matMul(numbers([2, 3], 1), numbers([2, 3], 1))).toThrow(/inner shapes/);
  });

  it('adds the bias and applies the activation like the cpu backend', async () => {
    const fusedCase = fc.record({
      product,
      activation: fc.constantFrom('linear', 'relu', 'relu6', 'sigmoid', 'elu') as fc.Arbitrary<'relu'>,
      biased: fc.boolean(),
    });
    await forAll(300, fusedCase, async ({product: {m, n, k, transposeA, transposeB, seed}, ...rest}) => {
      const {activation, biased} = rest;
      const clamps = ['linear', 'relu', 'relu6'].includes(activation);
      await expectAsOnCpu(
        () =>
          fused.matMul({
            a: numbers(clamps && transposeA ? [k, m] : [m, k], seed),
            b: numbers(clamps && transposeB ? [n, k] : [k, n], seed + 1),
            transposeA: clamps && transposeA,
            transposeB: clamps && transposeB,
            activation,
            ...(biased && {bias: numbers([n], seed + 2)}),
          }),
        clamps ? 0 : 1e-5,
      );
    });
  });

  it('gathers slices along any axis', async () => {
    const gathering = fc
      .record({
        shape: fc.array(length(6), {minLength: 1, maxLength: 4}),
        indexShape: fc.constantFrom<number[]>([], [1], [5], [2, 3], [0]),
        dtype: fc.constantFrom<DataType>('float32', 'int32', 'bool'),
        axis: fc.nat({max: 3}),
        fromEnd: fc.boolean(),
        seed: fc.nat(),
      })
      .map((each) => ({...each, axis: each.axis % each.shape.length}));
    await forAll(300, gathering, async ({shape, indexShape, dtype, axis, fromEnd, seed}) => {
      const size = indexShape.reduce((a, b) => a * b, 1);
      const indices = Array.from(smallIntegers(size, seed + 9), (each) => (each + 4) % shape[axis]!);
      await expectAsOnCpu(() =>
        gather(
          dtype === 'bool' ? greater(numbers(shape, seed), 0) : cast(numbers(shape, seed), dtype),
          tensor(indices, indexShape as [number], 'int32') as Tensor1D,
          fromEnd ? axis - shape.length : axis,
        ),
      );
    });
  });

  it('slices along any axes', async () => {
    const slicing = fc.record({
      axes: fc.array(fc.record({length: length(6), begin: fc.nat(), size: fc.nat()}), {
        minLength: 1,
        maxLength: 6,
      }),
      dtype: fc.constantFrom<DataType>('float32', 'int32', 'bool'),
      seed: fc.nat(),
    });
    await forAll(300, slicing, async ({axes, dtype, seed}) => {
      const shape = axes.map((axis) => axis.length);
      const begin = axes.map((axis) => axis.begin % axis.length);
      const size = axes.map(
        (axis, i) => (axis.size % (axis.length - begin[i]! + 1)) - (axis.size % 7 === 6 ? 1 : 0),
      );
      const sizes = size.map((each) => Math.max(-1, each));
      await expectAsOnCpu(() =>
        slice(
          dtype === 'bool' ? greater(numbers(shape, seed), 0) : cast(numbers(shape, seed), dtype),
          begin,
          sizes,
        ),
      );
    });
  });

  it('throws if a slice exceeds the tensor', () => {
    const x = numbers([3, 2], 1);
    expect(() => slice(x, [2, 0], [2, 2])).toThrow(/begin\[0\] \+ size\[0\] \(4\)/);
    expect(() => slice(x, [4, 0], [-1, 2])).toThrow('begin[0] (4) is not in [0, 3]');
    expect(() => slice(x, [4, 3], [-1, -1])).toThrow('begin[0] (4) is not in [0, 3]');
    expect(() => slice(x, [0, -2], [1, 2])).toThrow('begin[1] (-2) is not in [0, 2]');
    expect(slice(x, [3, 0], [-1, 2]).shape).toEqual([0, 2]);
  });

  it('gathers with batchDims like the cpu backend', async () => {
    await expectAsOnCpu(() =>
      gather(
        numbers([2, 5, 3], 4),
        tensor(
          [
            [4, 0],
            [1, 1],
          ],
          [2, 2],
          'int32',
        ),
        1,
        1,
      ),
    );
  });

  it.each([-1, 3])('throws when asked to gather row %i of three', (index) => {
    expect(() => gather(numbers([3, 2], 1), tensor([index], [1], 'int32') as Tensor1D)).toThrow(
      `GatherV2: the index value ${index} is not in [0, 2]`,
    );
  });

  it('sums segments and ignores ids outside of the range', async () => {
    const segments = fc.record({
      rows: fc.nat({max: 9}),
      slice: fc.constantFrom([], [1], [3], [2, 5], [33]),
      numSegments: length(6),
      dtype: fc.constantFrom<DataType>('float32', 'int32'),
      seed: fc.nat(),
    });
    await forAll(300, segments, async ({rows, slice, numSegments, dtype, seed}) => {
      const ids = Array.from(smallIntegers(rows, seed), (each) => each + 1);
      await expectAsOnCpu(() =>
        unsortedSegmentSum(
          cast(numbers([rows, ...slice], seed + 1), dtype),
          tensor(ids, [rows], 'int32') as Tensor1D,
          numSegments,
        ),
      );
    });
  });

  it('sums over any axes', async () => {
    const sums = fc.record({
      shape: fc.array(length(20), {minLength: 0, maxLength: 4}),
      axes: fc.uniqueArray(fc.nat({max: 3}), {minLength: 0, maxLength: 4}),
      all: fc.boolean(),
      keepDims: fc.boolean(),
      dtype: fc.constantFrom<DataType>('float32', 'int32'),
      seed: fc.nat(),
    });
    await forAll(500, sums, async ({shape, axes, all, keepDims, dtype, seed}) => {
      const within = axes.filter((axis) => axis < shape.length);
      await expectAsOnCpu(() => sum(cast(numbers(shape, seed), dtype), all ? undefined : within, keepDims));
    });
  });

  it('sums long rows more accurately than a plain float32 loop', async () => {
    const [whole] = await runOn('wasm', () => sum(tensor(new Float32Array(1_000_003).fill(0.1))));
    expect(whole!.values[0]).toBeCloseTo(1_000_003 * Math.fround(0.1), 0);
  });

  it('clones without copying, and frees the memory with its last user', async () => {
    const before = engine().backend.numDataIds();
    const x = numbers([7], 3);
    const shared = clone(x);
    expect(shared.dataId).toBe(x.dataId);
    x.dispose();
    expect(Array.from(shared.dataSync())).toEqual(Array.from(smallIntegers(7, 3)));
    shared.dispose();
    expect(engine().backend.numDataIds()).toBe(before);
    await expectAsOnCpu(() => [clone(numbers([2, 3], 1)), clone(tensor([1, 0], [2], 'bool'))]);
  });

  it('computes square roots', async () => {
    await forAll(100, fc.record({n: length(70), seed: fc.nat()}), async ({n, seed}) => {
      await expectAsOnCpu(() => sqrt(div(abs(numbers([n], seed)), 3)), 2 ** -23);
    });
    const [roots] = await runOn('wasm', () => sqrt(tensor([-1, 0, Infinity, Number.NaN, 4])));
    expect(roots!.values).toEqual([Number.NaN, 0, Infinity, Number.NaN, 2]);
  });

  const convolution = fc
    .record({
      batch: length(3),
      height: length(9),
      width: length(9),
      channels: length(6),
      outChannels: length(9),
      filterHeight: length(4),
      filterWidth: length(4),
      strides: fc.tuple(length(3), length(3)),
      pad: fc.constantFrom('same', 'valid', 1) as fc.Arbitrary<'same' | 'valid' | number>,
      seed: fc.nat(),
    })
    .filter(({height, width, filterHeight, filterWidth}) => filterHeight <= height && filterWidth <= width)
    // With numeric padding, tfjs-core uses the vertical size and stride for both axes.
    .map((each) =>
      each.pad === 1 ? {...each, filterWidth: each.filterHeight, strides: [2, 2] as [number, number]} : each,
    )
    .filter(({height, width, filterHeight, filterWidth}) => filterHeight <= height && filterWidth <= width);

  it('computes the gradients of conv2d like the cpu backend', async () => {
    await forAll(300, convolution, async ({batch, height, width, channels, outChannels, ...rest}) => {
      const {filterHeight, filterWidth, strides, pad, seed} = rest;
      await expectAsOnCpu(() =>
        gradientsOf(
          (x, filter) => conv2d(x, filter, strides, pad),
          numbers([batch, height, width, channels], seed),
          numbers([filterHeight, filterWidth, channels, outChannels], seed + 1),
        ),
      );
    });
  });

  it('computes the gradients of conv2d with a dimRoundingMode like the cpu backend', async () => {
    for (const mode of ['ceil', 'round', 'floor'] as const) {
      for (const [height, width] of [
        [6, 7],
        [7, 6],
        [8, 9],
      ] as const) {
        await expectAsOnCpu(() =>
          gradientsOf(
            (x, filter) => conv2d(x, filter, [2, 2], 1, 'NHWC', [1, 1], mode),
            numbers([2, height, width, 3], 1),
            numbers([3, 3, 3, 4], 2),
          ),
        );
      }
    }
  });

  it('computes the gradients of a convolution with several blocks of patches like the cpu backend', async () => {
    await expectAsOnCpu(() =>
      gradientsOf(
        (x, filter) => conv2d(x, filter, 1, 'same'),
        numbers([5, 17, 19, 33], 1),
        numbers([3, 3, 33, 20], 2),
      ),
    );
  });

  it('computes conv2dTranspose and its gradients like the cpu backend', async () => {
    await expectAsOnCpu(() =>
      gradientsOf(
        (x, filter) => conv2dTranspose(x, filter, [2, 10, 14, 3], 2, 'same'),
        numbers([2, 5, 7, 4], 1),
        numbers([3, 3, 3, 4], 2),
      ),
    );
  });

  it('computes the gradients of maxPool like the cpu backend, also for windows of negative numbers', async () => {
    await forAll(300, convolution, async ({batch, height, width, channels, filterHeight, ...rest}) => {
      const {filterWidth, strides, pad, seed} = rest;
      await expectAsOnCpu(() => {
        const x = sub(numbers([batch, height, width, channels], seed), 3);
        const pool = (each: Tensor) => maxPool(each as Tensor4D, [filterHeight, filterWidth], strides, pad);
        return grad(pool)(x, numbers(pool(x).shape, 5));
      });
    });
  });

  it.each(['ij,jk->ik', 'bij,bjk->bik', 'i,i->', 'ij->ji', 'ij->ij', 'ij->i', 'abc,bad->dc'])(
    'computes einsum %s',
    async (equation) => {
      const operands = equation.split('->')[0]!.split(',');
      const sizes: Record<string, number> = {a: 2, b: 3, c: 4, d: 5, i: 3, j: 4, k: 2};
      await expectAsOnCpu(() =>
        einsum(
          equation,
          ...operands.map((axes, i) =>
            numbers(
              Array.from(axes, (each) => sizes[each]!),
              i,
            ),
          ),
        ),
      );
    },
  );

  it('computes the gradients of depthwiseConv2d like the cpu backend', async () => {
    const depthwise = fc.record({convolution, multiplier: length(3)});
    await forAll(
      300,
      depthwise,
      async ({convolution: {batch, height, width, channels, ...rest}, multiplier}) => {
        const {filterHeight, filterWidth, strides, pad, seed} = rest;
        await expectAsOnCpu(() =>
          gradientsOf(
            (x, filter) => depthwiseConv2d(x, filter, strides, pad),
            numbers([batch, height, width, channels], seed),
            numbers([filterHeight, filterWidth, channels, multiplier], seed + 1),
          ),
        );
      },
    );
  });

  it('computes depthwise gradients of dilated filters, which tfjs-core does not request yet', () => {
    const [x, filter, dy] = [numbers([2, 9, 10, 5], 1), numbers([3, 2, 5, 2], 2), numbers([2, 5, 7, 10], 3)];
    const y = depthwiseConv2d(x as Tensor4D, filter as Tensor4D, 1, 'valid', 'NHWC', [2, 3]);
    const attrs = {
      strides: 1,
      dilations: [2, 3],
      pad: 'valid',
      inputShape: x.shape,
      filterShape: filter.shape,
    };
    const dFilter = engine().runKernel(DepthwiseConv2dNativeBackpropFilter, {x, dy}, attrs) as Tensor;
    const dx = engine().runKernel(DepthwiseConv2dNativeBackpropInput, {filter, dy}, attrs) as Tensor;
    const inner = (a: Tensor, b: Tensor) => sum(mul(a, b)).dataSync()[0];
    expect(inner(dFilter, filter)).toBe(inner(dy, y));
    expect(inner(dx, x)).toBe(inner(dy, y));
  });
});

/** Gradients of `f` with respect to both arguments, for an upstream gradient that differs at every position. */
function gradientsOf(f: (x: Tensor4D, filter: Tensor4D) => Tensor, x: Tensor, filter: Tensor): Tensor[] {
  const dy = numbers(f(x as Tensor4D, filter as Tensor4D).shape, 77);
  return grads((a: Tensor, b: Tensor) => f(a as Tensor4D, b as Tensor4D))([x, filter], dy);
}
