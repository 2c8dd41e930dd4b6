import '@tensorflow/tfjs-layers'; // brings the gradients
import {
  engine,
  fused,
  getKernel,
  grad,
  type KernelConfig,
  matMul,
  registerKernel,
  type Tensor,
  type Tensor4D,
  type TensorInfo,
  tensor,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';
import {isUnused} from '../../src/wasm/unusedGradients.js';
import {expectAsOnCpu, smallIntegers} from './onBothBackends.js';

const numbers = (shape: number[], seed: number): Tensor =>
  tensor(
    smallIntegers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape,
  );

/** A fused operation of two inputs, their shapes, and the kernels behind the gradients of each. */
type Case = [string, (x: Tensor, w: Tensor) => Tensor, [number[], number[]], [string, string]];

const CASES: Case[] = [
  [
    'matMul',
    (a, b) => fused.matMul({a, b, bias: tensor([1, 2]), activation: 'linear'}),
    [
      [3, 4],
      [4, 2],
    ],
    ['BatchMatMul', 'BatchMatMul'],
  ],
  [
    'matMul with transposed operands',
    (a, b) => fused.matMul({a, b, transposeA: true, transposeB: true, activation: 'linear'}),
    [
      [4, 3],
      [2, 4],
    ],
    ['BatchMatMul', 'BatchMatMul'],
  ],
  [
    'conv2d',
    (x, filter) => fused.conv2d({x: x as Tensor4D, filter: filter as Tensor4D, strides: 1, pad: 'same'}),
    [
      [2, 5, 6, 3],
      [3, 2, 3, 4],
    ],
    ['Conv2DBackpropInput', 'Conv2DBackpropFilter'],
  ],
  [
    'depthwiseConv2d',
    (x, filter) =>
      fused.depthwiseConv2d({x: x as Tensor4D, filter: filter as Tensor4D, strides: 1, pad: 'same'}),
    [
      [2, 5, 6, 3],
      [3, 2, 3, 2],
    ],
    ['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'],
  ],
];

describe('gradients of a fused operation that are not used', () => {
  let kernels: TrainingKernels;
  beforeEach(() => {
    kernels = installTrainingKernels();
  });
  afterEach(() => kernels.restore());

  it.each(CASES)('do not affect those of %s that are used', async (_, operation, shapes) => {
    for (const kept of [0, 1]) {
      await expectAsOnCpu(() => {
        const other = numbers(shapes[1 - kept]!, 1);
        const f = (each: Tensor) => (kept === 0 ? operation(each, other) : operation(other, each));
        const at = numbers(shapes[kept]!, 2);
        return grad(f)(at, numbers(f(at).shape, 3));
      });
    }
  });

  it.each(CASES)('are not computed for %s', (_, operation, shapes, names) => {
    for (const kept of [0, 1]) {
      const calls = watchCalls(names);
      const other = numbers(shapes[1 - kept]!, 1);
      grad((each: Tensor) => (kept === 0 ? operation(each, other) : operation(other, each)))(
        numbers(shapes[kept]!, 2),
      );
      expect(calls.stop()).toEqual(names.map((name, i) => `${name} ${i === kept ? 'computed' : 'zeros'}`));
    }
  });

  it('are forgotten when the gradient function throws, so that the next product is computed', () => {
    const original = getKernel('BatchMatMul', 'wasm')!;
    unregisterKernel('BatchMatMul', 'wasm');
    registerKernel({
      ...original,
      kernelFunc: () => {
        throw new Error('out of memory');
      },
    });
    const weight = numbers([4, 2], 1);
    const back = () => grad((x: Tensor) => fused.matMul({a: x, b: weight}))(numbers([3, 4], 2));
    try {
      expect(back).toThrow('out of memory');
    } finally {
      unregisterKernel('BatchMatMul', 'wasm');
      registerKernel(original);
    }
    const product = matMul(numbers([3, 4], 1), weight);
    const again = matMul(numbers([3, 4], 1), weight);
    expect(product.arraySync()).toEqual(fused.matMul({a: numbers([3, 4], 1), b: weight}).arraySync());
    expect(again.arraySync()).toEqual(product.arraySync());
  });

  it('do not affect other operations', () => {
    expect(isUnused('BatchMatMul')).toBe(false);
  });

  it('no longer patch the tape after restore', () => {
    kernels.restore();
    expect(Object.hasOwn(engine(), 'addTapeNode')).toBe(false);
  });
});

/** Records for every call of the kernels `names` whether it returned anything but zeros. */
function watchCalls(names: string[]): {stop(): string[]} {
  const calls: string[] = [];
  const originals: KernelConfig[] = [...new Set(names)].map((name) => getKernel(name, 'wasm')!);
  for (const original of originals) {
    unregisterKernel(original.kernelName, 'wasm');
    registerKernel({
      ...original,
      kernelFunc: (call) => {
        const out = original.kernelFunc(call) as TensorInfo;
        const values = Array.from(engine().backend.readSync(out.dataId) as Float32Array);
        calls.push(`${original.kernelName} ${values.some((each) => each !== 0) ? 'computed' : 'zeros'}`);
        return out;
      },
    });
  }
  return {
    stop() {
      for (const original of originals) {
        unregisterKernel(original.kernelName, 'wasm');
        registerKernel(original);
      }
      return calls;
    },
  };
}
