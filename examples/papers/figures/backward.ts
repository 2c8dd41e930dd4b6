/**
 * Does a higher backward temperature reach more units, with weaker gradients?
 *
 * The gradient's norm and the share of active units of the stochastic binary network over the backward temperature
 * (arXiv:2410.13331, figure 6(b): the first falls, the second rises). The paper says neither whether its weights were trained
 * at each temperature, nor below what a unit is inactive: so here are both, weights trained at 0.7 and held while the
 * temperature moves, and weights trained at each; and three thresholds on a sample's mean |dL/dlogit|.
 *
 *     node --import tsx examples/papers/figures/backward.ts
 */
import {cast, dispose, oneHot, tensor1d, tidy} from '@tensorflow/tfjs-core';
import {sweepBackward} from 'tfjs-discrete/analysis';
import {imageTensor, shuffledBatches} from '../../mnist/data/batches.js';
import {loadDataset} from '../../mnist/data/datasets.js';
import {sbnModel} from '../sbn.js';
import {disposeModel} from '../training.js';
import {figure} from './figure.js';

const TEMPERATURES = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3];
const TRAINED_AT = 0.7;
const THRESHOLDS = [1e-5, 1e-4, 1e-3];

type Weights = 'held' | 'trained';

interface Measured {
  weights: Weights;
  threshold: number;
  backwardTemperature: number;
  gradientNorm: number;
  activeUnits: number;
}

await figure<Measured[]>({
  name: 'backward',
  question: 'Does a higher backward temperature reach more units, with weaker gradients?',
  defaults: {epochs: 5, passes: 2, limit: 0},
  async compute({epochs, limit, seed}) {
    const data = await loadDataset('fashion-mnist', limit || undefined);
    const count = Math.min(10_000, data.train.count);
    const x = imageTensor(data.train, count);
    const labels = Int32Array.from(data.train.labels.subarray(0, count));
    const y = tidy(() => cast(oneHot(tensor1d(labels, 'int32'), data.classes), 'float32'));

    const measured: Measured[] = [];
    const measure = async (weights: Weights, trainedAt: number, temperatures: number[]) => {
      const model = sbnModel({forwardTemperature: 0.1, backwardTemperature: trainedAt}, seed, 200, 1e-3);
      await model.fitDataset(shuffledBatches(data, 'labels', 128, seed), {epochs, verbose: 0});
      const points = await sweepBackward(model, x, y, temperatures, {threshold: THRESHOLDS});
      for (const {threshold = Number.NaN, deadUnits: _, ...point} of points) {
        measured.push({weights, threshold, ...point});
      }
      disposeModel(model);
    };
    await measure('held', TRAINED_AT, TEMPERATURES);
    for (const temperature of TEMPERATURES) await measure('trained', temperature, [temperature]);
    dispose([x, y]);
    return measured;
  },
  columns: 3,
  panels: (measured) => {
    const lines = (weights: Weights, threshold: number, of: (one: Measured) => number) =>
      measured
        .filter((one) => one.weights === weights && one.threshold === threshold)
        .map((one) => ({x: one.backwardTemperature, y: of(one)}));
    const common = {kind: 'lines', xTitle: 'backward temperature'} as const;
    const active = (weights: Weights, title: string) => ({
      ...common,
      title,
      yTitle: '% of units',
      series: THRESHOLDS.map((threshold) => ({
        name: `above ${threshold}`,
        points: lines(weights, threshold, ({activeUnits}) => activeUnits),
      })),
    });
    return [
      {
        ...common,
        title: 'Gradient norm',
        yTitle: 'L2 norm, mean over batches',
        logarithmic: true,
        series: (['held', 'trained'] as const).map((weights) => ({
          name: weights === 'held' ? `weights trained at ${TRAINED_AT}` : 'trained at each',
          points: lines(weights, THRESHOLDS[0]!, ({gradientNorm}) => gradientNorm),
        })),
      },
      active('held', `Active units, weights trained at ${TRAINED_AT}`),
      active('trained', 'Active units, weights trained at each'),
    ];
  },
});
