import '@tensorflow/tfjs-layers'; // brings the gradients
import {
  AdamOptimizer,
  engine,
  memory,
  reshape,
  setBackend,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  train,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';
import {smallIntegers} from './onBothBackends.js';

const SHAPES = [[37, 11], [11], [2, 3, 5], []];

const values = (shape: number[], seed: number): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    smallIntegers(size, seed).map((each) => each / 7),
    shape,
  );
};

/** The state after a run: weights, moments, powers of the betas, iterations. */
async function stateOf(optimizer: AdamOptimizer, variables: Variable[]): Promise<unknown> {
  const weights = await optimizer.getWeights();
  const powers = optimizer as unknown as {accBeta1: Variable; accBeta2: Variable};
  const shown = {
    variables: variables.map((each) => Array.from(each.dataSync())),
    weights: weights.map(({name, tensor: each}) => [
      name.replace(/^.*(?=\/)/, ''),
      Array.from(each.dataSync()),
    ]),
    powers: [powers.accBeta1.dataSync()[0], powers.accBeta2.dataSync()[0]],
    iterations: optimizer.iterations,
  };
  weights[0]!.tensor.dispose();
  return shown;
}

function makeVariables(): Variable[] {
  return tidy(() => SHAPES.map((shape, i) => variable(values(shape, i))));
}

/** Gradients of step `step`; the second variable has none in every third step. */
function apply(optimizer: AdamOptimizer, variables: Variable[], step: number): void {
  const gradients = variables.map((each, i) => ({
    name: each.name,
    tensor: i === 1 && step % 3 === 0 ? (null as unknown as Tensor) : values(each.shape, 100 * step + i),
  }));
  optimizer.applyGradients(gradients);
  for (const {tensor: each} of gradients) each?.dispose();
}

async function run(steps: number): Promise<unknown> {
  const optimizer = train.adam(0.01, 0.8, 0.95) as AdamOptimizer;
  const variables = makeVariables();
  for (let step = 0; step < steps; step++) apply(optimizer, variables, step);
  const state = await stateOf(optimizer, variables);
  optimizer.dispose();
  for (const each of variables) each.dispose();
  return state;
}

describe('the fused step of Adam', () => {
  let kernels: TrainingKernels;
  beforeEach(() => {
    kernels = installTrainingKernels();
  });
  afterEach(async () => {
    await setBackend('wasm');
    kernels.restore();
  });

  it('replaces the original and is restored', () => {
    const fused = AdamOptimizer.prototype.applyGradients;
    kernels.restore();
    expect(AdamOptimizer.prototype.applyGradients).not.toBe(fused);
    expect(kernels.installed).toContain('AdamOptimizer.applyGradients');
  });

  it('agrees with the original bit for bit after 50 steps', async () => {
    const fused = await run(50);
    kernels.restore();
    expect(fused).toEqual(await run(50));
  });

  it('accepts gradients by name, as `minimize` passes them', async () => {
    const minimized = async () => {
      const optimizer = train.adam(0.1) as AdamOptimizer;
      const weight = variable(values([5, 9], 1), true, 'minimized');
      const target = values([5, 9], 2);
      for (let step = 0; step < 20; step++) optimizer.minimize(() => sum(square(sub(weight, target))));
      const state = await stateOf(optimizer, [weight]);
      for (const each of [optimizer, weight, target]) each.dispose();
      return state;
    };
    const fused = await minimized();
    kernels.restore();
    expect(fused).toEqual(await minimized());
  });

  it('leaves no tensor behind', async () => {
    const before = [memory().numTensors, engine().backend.numDataIds()];
    await run(4);
    expect([memory().numTensors, engine().backend.numDataIds()]).toEqual(before);
  });

  it('continues from weights that either implementation saved', async () => {
    const resumed = async (steps: number[], restoreBetween: boolean) => {
      let optimizer = train.adam(0.01) as AdamOptimizer;
      const variables = makeVariables();
      for (const step of steps.slice(0, 3)) apply(optimizer, variables, step);
      const saved = await optimizer.getWeights();
      const copies = saved.map(({name, tensor: each}) => ({name, tensor: each.clone()}));
      optimizer.dispose();
      if (restoreBetween) kernels.restore();
      optimizer = train.adam(0.01) as AdamOptimizer;
      await optimizer.setWeights(copies);
      for (const step of steps.slice(3)) apply(optimizer, variables, step);
      return stateOf(optimizer, variables);
    };
    const fused = await resumed([1, 2, 3, 4, 5], false);
    const mixed = await resumed([1, 2, 3, 4, 5], true);
    expect(mixed).toEqual(fused);
    expect(await resumed([1, 2, 3, 4, 5], false)).toEqual(fused);
  });

  it('does not change tensors that share memory with a weight or a moment', async () => {
    const optimizer = train.adam(0.1) as AdamOptimizer;
    const [weight] = makeVariables();
    apply(optimizer, [weight!], 1);
    const moments = (await optimizer.getWeights()).slice(1).map(({tensor: each}) => each);
    const watched = [weight!, ...moments];
    const sharers = watched.map((each) => reshape(each, [each.size])); // shares the memory
    const before = sharers.map((each) => Array.from(each.dataSync()));
    apply(optimizer, [weight!], 2);
    expect(sharers.map((each) => Array.from(each.dataSync()))).toEqual(before);
    watched.forEach((each, i) => {
      expect(Array.from(each.dataSync())).not.toEqual(before[i]);
    });
  });

  it('fails on an integer variable as the original does', () => {
    const step = () => {
      const whole = variable(tensor([1, 2], [2], 'int32'));
      train.adam(0.1).applyGradients([{name: whole.name, tensor: tensor([1, 1])}]);
    };
    const message = (action: () => void) => {
      try {
        action();
      } catch (error) {
        return (error as Error).message;
      }
      return undefined;
    };
    const fused = message(step);
    kernels.restore();
    expect(fused).toMatch(/dtype/);
    expect(fused).toBe(message(step));
  });

  it('leaves other backends to the original', async () => {
    await setBackend('cpu');
    const onCpu = (await run(5)) as {variables: number[][]};
    await setBackend('wasm');
    const onWasm = (await run(5)) as {variables: number[][]};
    onCpu.variables.flat().forEach((each, i) => {
      expect(onWasm.variables.flat()[i]).toBeCloseTo(each, 6);
    });
  });
});
