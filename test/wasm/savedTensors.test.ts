import '@tensorflow/tfjs-layers'; // brings the gradients
import {
  customGrad,
  engine,
  exp,
  getBackend,
  grad,
  memory,
  mul,
  setBackend,
  square,
  sum,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';

const X = [0.5, -1, 2];

/** The kernels that `run` runs, in order. */
function kernelsOf(run: () => void): string[] {
  const core = engine();
  const names: string[] = [];
  const {runKernel} = core;
  core.runKernel = function (this: typeof core, name, ...rest) {
    names.push(name);
    return runKernel.call(this, name, ...rest);
  } as typeof runKernel;
  try {
    run();
  } finally {
    delete (core as Partial<typeof core>).runKernel;
  }
  return names;
}

/** x^2 with the gradient 2 x, which keeps x. */
const squareByHand = customGrad((x, save) => {
  (save as (tensors: Tensor[]) => void)([x as Tensor]);
  return {value: square(x as Tensor), gradFunc: (dy, [kept]) => mul(dy, mul(kept!, 2))};
});

describe('tensors saved for gradients', () => {
  let kernels: TrainingKernels;
  beforeEach(() => {
    kernels = installTrainingKernels();
  });
  afterEach(() => kernels.restore());

  it('need no kernel, and are freed with the tape', () => {
    const x = tensor(X);
    const [tensors, dataIds] = [memory().numTensors, engine().backend.numDataIds()];
    const derivative = () => tidy(() => [...grad((x: Tensor) => sum(exp(squareByHand(x))))(x).dataSync()]);
    const names = kernelsOf(derivative);
    expect(names).toContain('Exp');
    expect(names).not.toContain('Identity');
    for (const [i, value] of derivative().entries()) {
      expect(value).toBeCloseTo(2 * X[i]! * Math.exp(X[i]! ** 2), 3);
    }
    expect([memory().numTensors, engine().backend.numDataIds()]).toEqual([tensors, dataIds]);
    kernels.restore();
    expect(kernelsOf(derivative)).toContain('Identity');
    x.dispose();
  });

  it('outlive the tensor that they were saved from', () => {
    const derivative = grad((x: Tensor) => {
      const doubled = mul(x, 2);
      const y = sum(square(doubled));
      doubled.dispose();
      return y;
    });
    tidy(() => {
      expect([...derivative(tensor(X)).dataSync()]).toEqual(X.map((x) => 8 * x));
    });
  });

  it('carry gradients of gradients', () => {
    const cube = (x: Tensor) => sum(mul(x, mul(x, x)));
    tidy(() => {
      const second = grad((x: Tensor) => sum(grad(cube)(x)));
      expect([...second(tensor(X)).dataSync()]).toEqual(X.map((x) => 6 * x));
      const inside = grad((x: Tensor) => sum(mul(square(x), grad(cube)(x)))); // 3 x^4
      expect([...inside(tensor(X)).dataSync()]).toEqual(X.map((x) => 12 * x ** 3));
    });
  });

  it('are cloned as before on other backends', async () => {
    await setBackend('cpu');
    try {
      tidy(() => {
        const x = tensor(X);
        expect(kernelsOf(() => grad((x: Tensor) => sum(square(x)))(x))).toContain('Identity');
      });
    } finally {
      await setBackend('wasm');
    }
    expect(getBackend()).toBe('wasm');
  });

  it('are cloned as before after restore', () => {
    kernels.restore();
    expect(Object.hasOwn(engine(), 'clone')).toBe(false);
  });
});
