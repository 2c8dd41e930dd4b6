import {
  div,
  grad,
  mul,
  oneHot,
  softmax,
  sum,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import {functional} from 'tfjs-discrete';
import type {ExplainRequest, Explanation} from '../messages.js';

const SAMPLES = 1000;

/** One categorical unit under two temperatures: every number is what the package's own function gives. */
export function explain({
  logits,
  forwardTemperature,
  backwardTemperature,
  seed,
}: ExplainRequest): Explanation {
  const args = {forwardTemperature, backwardTemperature, seed};
  return tidy(() => {
    const l = tensor1d([...logits]);
    const one = tensor2d([...logits], [1, logits.length]);
    const unit = (x: Tensor) => functional.decoupledCategorical(x, args);
    const sampled = Array.from(unit(one).dataSync());
    const sample = sampled.indexOf(1);
    const many = functional.decoupledCategorical(tile(one, [SAMPLES, 1]), {...args, seed: seed + 1});
    const chosen = oneHot(tensor1d([sample], 'int32'), logits.length);
    const row = grad((x: Tensor) => sum(mul(unit(x), chosen)))(one);
    return {
      forward: Array.from(softmax(div(l, forwardTemperature)).dataSync()),
      backward: Array.from(softmax(div(l, backwardTemperature)).dataSync()),
      sample,
      counts: Array.from(sum(many, 0).dataSync()),
      samples: SAMPLES,
      row: Array.from(row.dataSync()),
    };
  });
}
