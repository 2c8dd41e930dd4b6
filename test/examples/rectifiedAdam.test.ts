import {type Tensor, tensor1d, variable} from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {RectifiedAdam} from '../../examples/papers/rectifiedAdam.js';

/** Steps 6 to 12 at rate 0.1, by fixtures/rectifiedAdam.py; the five before are RAdam's without adaptation. */
const GOLDEN = [
  -0.002193297, -0.002892439, -0.003552726, -0.004155561, -0.004738541, -0.005279306, -0.005819057,
];

it('waits for five steps and then steps as PyTorch’s RAdam does', () => {
  const x = variable(tensor1d([0]), true, 'rectified');
  const optimizer = new RectifiedAdam(0.1);
  const steps = Array.from({length: 12}, (_, i) => {
    const [former] = x.dataSync();
    const gradient: Tensor = tensor1d([(-1) ** (i + 1) * 0.5 + (i + 1) / 4]);
    optimizer.applyGradients([{name: x.name, tensor: gradient}]);
    gradient.dispose();
    return x.dataSync()[0]! - former!;
  });
  expect(steps.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  // float32 of a sum near 0.03: half a unit in the last place is 2e-9; moments and beta's powers add relative 1e-5.
  steps.slice(5).forEach((step, i) => {
    expect(Math.abs(step - GOLDEN[i]!)).toBeLessThan(4e-9 + 1e-5 * Math.abs(GOLDEN[i]!));
  });
  optimizer.dispose();
  x.dispose();
});
