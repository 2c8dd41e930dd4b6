import {readFileSync} from 'node:fs';
import {getBackend, type Tensor, tensor, util, type Variable, variable} from '@tensorflow/tfjs-core';
import {functional, optimizers} from 'tfjs-discrete';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';

/** By test/fixtures/optimizers.py, which says how its problem is made. */
const golden = JSON.parse(readFileSync(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8')) as {
  steps: number[];
  shapes: number[][];
  cases: {optimizer: keyof typeof optimizers; options: Record<string, unknown>; rows: number[][]}[];
};

/** Numbers from -1/2 to 1/2 in steps of 2^-15. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 17) / 2 ** 15 - 0.5;
  };
}

const arrays = (source: () => number, scale = 1) =>
  golden.shapes.map((shape) =>
    Float32Array.from({length: util.sizeFromShape(shape)}, () => source() * scale),
  );

const {cosine, warmUp} = functional.schedules;
const schedule = warmUp(cosine(4e-3, 1e-4, 600), 100);

/** Rows of values at the steps that the golden file shows. */
function run(name: keyof typeof optimizers, options: Record<string, unknown>): number[][] {
  const optimizer = optimizers[name]({
    ...options,
    ...(options.learningRate === 'schedule' && {learningRate: schedule}),
  });
  const initial = arrays(uniforms(1));
  const [goals, pulls, noise] = [arrays(uniforms(2)), arrays(uniforms(3), 4), uniforms(4)];
  const variables = initial.map((values, i): Variable => {
    const start = tensor(values, golden.shapes[i]!);
    const made = variable(start);
    start.dispose();
    return made;
  });
  const rows: number[][] = [];
  for (let step = 1; step <= golden.steps.at(-1)!; step++) {
    const gradients = variables.map((each, i) => {
      const values = each.dataSync().map((value, j) => {
        const pulled = Math.fround(Math.abs(pulls[i]![j]!) * Math.fround(value - goals[i]![j]!));
        return pulled + noise();
      });
      return {name: each.name, tensor: tensor(values, golden.shapes[i]!) as Tensor};
    });
    optimizer.applyGradients(gradients);
    for (const {tensor: each} of gradients) each.dispose();
    if (!golden.steps.includes(step)) continue;
    const restore = options.ema === undefined ? undefined : optimizer.useAverages();
    rows.push(variables.flatMap((each) => Array.from(each.dataSync())));
    restore?.();
  }
  for (const each of [optimizer, ...variables]) each.dispose();
  return rows;
}

function expectTrajectories(): void {
  it.each(golden.cases.map((each) => ({...each, title: JSON.stringify(each.options)})))(
    '$optimizer $title stays within 1e-6 of PyTorch over 1,000 steps',
    ({optimizer, options, rows}) => {
      const farthest = run(optimizer, options).map((row, i) =>
        Math.max(...row.map((value, j) => Math.abs(value - rows[i]![j]!))),
      );
      if (process.env.SHOW) console.log(optimizer, JSON.stringify(options), Math.max(...farthest));
      expect(farthest.filter((distance) => !(distance <= 1e-6))).toEqual([]);
    },
  );
}

describe('composed of TensorFlow.js’s kernels', expectTrajectories);

if (getBackend() === 'wasm') {
  describe('in one pass', () => {
    let kernels: TrainingKernels;
    beforeAll(() => {
      kernels = installTrainingKernels();
      expect(kernels.installed).toContain('DiscreteAdamStep');
    });
    afterAll(() => kernels.restore());

    expectTrajectories();
  });
}
