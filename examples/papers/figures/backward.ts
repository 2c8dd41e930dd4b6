/**
 * Does a higher backward temperature reach more units, with weaker gradients?
 *
 * Trains the stochastic binary network for a while, holds its weights, and sweeps the backward temperature: the gradient's
 * norm and the share of units that receive at least 1e-3 of a sample's loss (arXiv:2410.13331, figure 6(b): the first
 * falls, the second rises).
 *
 *     node --import tsx examples/papers/figures/backward.ts
 */
import {cast, oneHot, tensor1d} from '@tensorflow/tfjs-core';
import {type BackwardPoint, sweepBackward} from 'tfjs-discrete/analysis';
import {pictureTensor, shuffledBatches} from '../../mnist/data/batches.js';
import {loadDataset} from '../../mnist/data/datasets.js';
import {sbnModel} from '../sbn.js';
import {figure} from './figure.js';

const TEMPERATURES = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3];

await figure<BackwardPoint[]>({
  name: 'backward',
  question: 'Does a higher backward temperature reach more units, with weaker gradients?',
  defaults: {epochs: 5, passes: 2, limit: 0},
  async compute({epochs, limit, seed}) {
    const data = await loadDataset('fashion-mnist', limit || undefined);
    const model = sbnModel({forwardTemperature: 0.1, backwardTemperature: 0.7}, seed, 200, 1e-3);
    await model.fitDataset(shuffledBatches(data, 'labels', 128, seed), {epochs, verbose: 0});
    const count = Math.min(10_000, data.train.count);
    const labels = Int32Array.from(data.train.labels.subarray(0, count));
    const y = cast(oneHot(tensor1d(labels, 'int32'), 10), 'float32');
    return sweepBackward(model, pictureTensor(data.train, count), y, TEMPERATURES);
  },
  panels: (points) => {
    const over = (of: (point: BackwardPoint) => number) =>
      points.map((point) => ({x: point.backwardTemperature, y: of(point)}));
    const common = {kind: 'lines', xTitle: 'backward temperature'} as const;
    return [
      {
        ...common,
        title: 'Gradient norm',
        yTitle: 'L2 norm, mean over batches',
        logarithmic: true,
        series: [{name: 'norm', points: over(({gradientNorm}) => gradientNorm)}],
      },
      {
        ...common,
        title: 'Active units',
        yTitle: '% of units',
        series: [{name: 'active', points: over(({activeUnits}) => activeUnits)}],
      },
    ];
  },
});
