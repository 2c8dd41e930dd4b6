/**
 * Does it help to change the temperatures of a binary autoencoder while it trains?
 *
 * CIFAR-10, the network of `binaryAutoencoder.ts`, temperatures that go from one value to another over the epochs (papers'
 * predecessor, appendix B, table 1). The paper: no; 2.64e-3 at best, as with fixed (0.3, 3), 4.7e-3 at worst.
 *
 *     node --import tsx examples/papers/schedules.ts --preset paper
 */
import binaryAutoencoder from './binaryAutoencoder.js';
import {type Configuration, experiment} from './experiment.js';

/** Each row of the paper's table: forward from and to, backward from and to. */
const TABLE = [
  [1, 0.3, 1, 0.3],
  [1, 0.3, 1, 1],
  [1, 0.3, 1, 2],
  [1, 1, 1, 0.3],
  [1, 1, 1, 1],
  [1, 1, 1, 2],
  [1, 2, 1, 0.3],
  [1, 2, 1, 1],
  [1, 2, 1, 2],
  [0.3, 0.03, 5, 3],
  [0.3, 0.03, 1, 3],
  [0.3, 2, 5, 3],
  [0.3, 2, 1, 3],
  [0.3, 0.3, 3, 3],
] as const;

const {presets} = binaryAutoencoder;

export default await experiment(import.meta.url, {
  ...binaryAutoencoder,
  name: 'schedules',
  question: 'Does it help to change the temperatures of a binary autoencoder while it trains?',
  presets: {
    paper: {...presets.paper, dataset: 'cifar-10'},
    quick: {...presets.quick, dataset: 'cifar-10'},
  },
  configurations: TABLE.map(
    ([forwardTemperature, forwardEnd, backwardTemperature, backwardEnd]): Configuration => ({
      estimator: 'decoupledGumbel',
      forwardTemperature,
      backwardTemperature,
      forwardEnd,
      backwardEnd,
    }),
  ),
});
