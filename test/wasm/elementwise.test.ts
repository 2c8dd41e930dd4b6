import '@tensorflow/tfjs-layers'; // brings the operations
import {
  cast,
  concat,
  exp,
  greaterEqual,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  mean,
  sqrt,
  tensor,
  tensor1d,
  where,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';
import {expectAsOnCpu, forAll, numbers, runOn} from './onBothBackends.js';

const length = (max: number) => fc.integer({min: 1, max});
const uniform = fillUniform(new Float32Array(10_001), {seed: 1, stream: 0, step: 0});

describe('elementwise training kernels', () => {
  let kernels: TrainingKernels;
  beforeEach(() => {
    kernels = installTrainingKernels();
  });
  afterEach(() => kernels.restore());

  // Limits slightly above the largest error among 4 million arguments of every magnitude.
  it.each([
    ['exp', exp, Math.exp, 1],
    ['log', log, Math.log, 1],
    ['log1p', log1p, Math.log1p, 2.5],
  ] as const)('computes %s to within the stated units in the last place', async (_, op, exact, limit) => {
    const arguments_ = Float32Array.from([
      ...[0, 1, -1, 2, Infinity, -Infinity, Number.NaN, 88.72, 88.73, -87.4, -103.9, -104.1],
      ...[1e-45, -1e-45, 1.1754942e-38, 1.1754944e-38, 3.4028235e38, -3.4028235e38, 2 ** -24, -(2 ** -24)],
      ...uniform.map((u) => 200 * u - 100),
      ...uniform.map((u, i) => (u - 0.5) * 2 ** (250 * uniform[(i + 1) % uniform.length]! - 125)),
    ]);
    const [answers] = await runOn('wasm', () => op(tensor(arguments_)));
    const off = answers!.values.findIndex((answer, i) => {
      const wanted = exact(arguments_[i]!);
      const rounded = Math.fround(wanted);
      if (!Number.isFinite(rounded)) return !Object.is(answer, rounded);
      const unit = 2 ** Math.max(Math.floor(Math.log2(Math.abs(wanted))) - 23, -149);
      return !(Math.abs(answer - wanted) <= limit * unit);
    });
    expect(off < 0 ? 'all close' : `of ${arguments_[off]}: ${answers!.values[off]}`).toBe('all close');
  });

  it.each([
    ['exp', exp],
    ['log', log],
    ['log1p', log1p],
    ['sqrt', sqrt],
  ] as const)(
    'computes %s of a number to the same bits at every position of an array of any length',
    async (_, op) => {
      const whole = uniform.subarray(0, 41).map((u) => 20 * u - 0.5);
      const [alone] = await runOn('wasm', () => concat([...whole].map((each) => op(tensor1d([each])))));
      for (let length = 1; length <= whole.length; length++) {
        const [answers] = await runOn('wasm', () => op(tensor(whole.subarray(0, length))));
        expect(answers!.values).toEqual(alone!.values.slice(0, length));
      }
    },
  );

  it('casts to the dtype that a tensor has without a copy, which outlives the tensor', () => {
    const x = tensor([0.5, -1]);
    const same = cast(x, 'float32');
    expect(same.dataId).toBe(x.dataId);
    x.dispose();
    expect([...same.dataSync()]).toEqual([0.5, -1]);
    const whole = cast(same, 'int32');
    expect(whole.dataId).not.toBe(same.dataId);
    expect([...whole.dataSync()]).toEqual([0, -1]);
    for (const each of [same, whole]) each.dispose();
  });

  it('compares, and selects by the result', async () => {
    const cases = fc.record({
      shape: fc.array(length(9), {minLength: 0, maxLength: 3}),
      single: fc.constantFrom('neither', 'first', 'second'),
      seed: fc.nat(),
    });
    await forAll(300, cases, async ({shape, single, seed}) => {
      await expectAsOnCpu(() => {
        const [x, y] = [
          numbers(single === 'first' ? [] : shape, seed),
          numbers(single === 'second' ? [] : shape, seed + 1),
        ];
        const [above, below] = [greaterEqual(x, y), lessEqual(x, y)];
        const equal = logicalAnd(above, below);
        const [t, e] = [numbers(shape, seed + 2), numbers(shape, seed + 3)];
        return [above, below, equal, where(equal, t, e), where(below, cast(t, 'int32'), cast(e, 'int32'))];
      });
    });
    await expectAsOnCpu(() => {
      const odd = tensor([Number.NaN, Infinity, -Infinity, 0]);
      return [greaterEqual(odd, 0), lessEqual(odd, 0), greaterEqual(odd, odd)];
    });
  });

  it('compares and selects correctly where the backend computes', async () => {
    await expectAsOnCpu(() => [
      greaterEqual(numbers([3, 1], 1), numbers([1, 4], 2)),
      lessEqual(cast(numbers([5], 1), 'int32'), cast(numbers([5], 2), 'int32')),
      logicalAnd(greaterEqual(numbers([3, 1], 1), 0), greaterEqual(numbers([1, 4], 2), 0)),
    ]);
  });

  it('computes means over any axes', async () => {
    const cases = fc.record({
      shape: fc.array(length(7), {minLength: 1, maxLength: 4}),
      axes: fc.nat(),
      keepDims: fc.boolean(),
      seed: fc.nat(),
    });
    await forAll(200, cases, async ({shape, axes, keepDims, seed}) => {
      const chosen = shape.map((_, i) => i).filter((i) => (axes >> i) & 1);
      await expectAsOnCpu(
        () => mean(numbers(shape, seed), chosen.length > 0 ? chosen : undefined, keepDims),
        1e-6,
      );
    });
  });
});
