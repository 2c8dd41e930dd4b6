import {grad, randomNormal, type Tensor} from '@tensorflow/tfjs-core';
import {functional} from 'tfjs-discrete';
import {repeat, type Workload} from './Workload.js';

export interface CategoricalSizes {
  readonly batch: number;
  readonly units: number;
  /** 1 for bits. */
  readonly categories: number;
}

/** A layer of categorical or binary units forward and backward. */
export function categorical({batch, units, categories}: CategoricalSizes): Workload {
  const shape = categories === 1 ? [batch, units] : [batch, units, categories];
  const logits = randomNormal(shape, 0, 1, 'float32', 1);
  const dy = randomNormal(shape, 0, 1, 'float32', 2);
  const sample = categories === 1 ? functional.stochasticBinary : functional.decoupledCategorical;
  const args = {forwardTemperature: 0.1, backwardTemperature: 0.7};
  let seed = 0;
  const gradient = grad((logits) => sample(logits as Tensor, {...args, seed: seed++}));
  return {
    variants: {
      train: repeat(() => {
        const dlogits = gradient(logits, dy);
        dlogits.dispose();
      }),
    },
  };
}
