import {engine, keep, memory, scalar, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';

describe('scopes under installTrainingKernels', () => {
  let kernels: TrainingKernels;
  beforeEach(() => {
    kernels = installTrainingKernels();
  });
  afterEach(() => kernels.restore());

  it('dispose everything but their result, which the enclosing scope disposes', () => {
    const before = memory().numTensors;
    tidy(() => {
      const result = tidy(() => {
        scalar(1);
        return scalar(2);
      });
      expect(memory().numTensors).toBe(before + 1);
      expect(result.isDisposed).toBe(false);
      tidy(() => {
        scalar(3);
      });
      expect(memory().numTensors).toBe(before + 1);
    });
    expect(memory().numTensors).toBe(before);
  });

  it('leave kept tensors and tensors of an enclosing scope alone', () => {
    let kept: Tensor | undefined;
    tidy(() => {
      const outer = tensor([1, 2]);
      const same = tidy(() => {
        kept = keep(scalar(3));
        return outer;
      });
      expect(same).toBe(outer);
      expect(outer.isDisposed).toBe(false);
      const returned = tidy(() => keep(scalar(4)));
      expect(returned.isDisposed).toBe(false);
      returned.dispose();
    });
    expect(kept!.isDisposed).toBe(false);
    kept!.dispose();
  });

  it('keep every tensor of an array or an object', () => {
    tidy(() => {
      const {a, rest} = tidy(() => ({a: scalar(1), rest: [scalar(2), scalar(3)]}));
      expect([a, ...rest].map((each) => each.dataSync()[0])).toEqual([1, 2, 3]);
    });
  });

  it('end when the function throws', () => {
    const before = memory().numTensors;
    expect(() =>
      tidy(() => {
        scalar(1);
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(memory().numTensors).toBe(before);
    expect(engine().state.activeScope).toBe(null);
  });

  it("are tfjs-core's own after restore", () => {
    kernels.restore();
    expect(Object.hasOwn(engine(), 'endScope')).toBe(false);
  });
});
