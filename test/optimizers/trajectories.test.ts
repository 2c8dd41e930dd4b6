import {readFileSync} from 'node:fs';
import {getBackend} from '@tensorflow/tfjs-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';
import {distancesFromPyTorch, type Trajectories} from '../support/optimizerRuns.js';

const golden: Trajectories = JSON.parse(
  readFileSync(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8'),
);

function expectTrajectories(): void {
  it.each(golden.cases.map((one) => ({one, optimizer: one.optimizer, title: JSON.stringify(one.options)})))(
    '$optimizer $title stays within 1e-6 of PyTorch over 1,000 steps',
    async ({one}) => {
      const distances = await distancesFromPyTorch(golden, one);
      expect(distances).toHaveLength(golden.steps.length);
      expect(distances.filter((distance) => !(distance <= 1e-6))).toEqual([]);
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
