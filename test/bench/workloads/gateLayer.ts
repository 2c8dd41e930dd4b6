import {grads, randomNormal, type Tensor, tensor2d} from '@tensorflow/tfjs-core';
import {functional} from 'tfjs-discrete';
import {randomBits} from './data.js';
import {repeat, type Workload} from './Workload.js';

export interface GateSizes {
  readonly inputs: number;
  readonly units: number;
  readonly batch: number;
}

/** One layer of logic gates forward, and backward to both its inputs and its gate logits. */
export function gateLayer({inputs, units, batch}: GateSizes): Workload {
  const x = randomBits([batch, inputs], 1);
  const dy = randomNormal([batch, units], 0, 1, 'float32', 2);
  const gates = randomNormal([units, 16], 0, 1, 'float32', 3);
  const pairs = functional.sampleConnections({inputs, units, seed: 4});
  const connections = tensor2d(pairs, [units, 2], 'int32');
  let seed = 0;
  const gradients = grads((x, gates) =>
    functional.logicGates(x as Tensor, gates as Tensor, connections, {seed: seed++}),
  );
  return {
    variants: {
      train: repeat(() => {
        const [dx, dgates] = gradients([x, gates], dy) as [Tensor, Tensor];
        dx.dispose();
        dgates.dispose();
      }),
    },
  };
}
