/**
 * Does a higher backward temperature reach more units, with weaker gradients?
 *
 * The gradient's norm and the share of active units of the stochastic binary network over the backward temperature
 * (arXiv:2410.13331, figure 6(b): the first falls, the second rises). The paper says neither whether its weights were trained
 * at each temperature, nor below what a unit is inactive: so here are both, weights trained at 0.7 and held while the
 * temperature moves, and weights trained at each; and thresholds on a unit's mean |dL/dlogit| of a sample, absolute and as a fraction of the
 * layer's own mean, and on |dL/dlogit| of each sample and unit by itself.
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
/** What counts as inactive: a unit by its mean, absolutely and relative to its layer, and a sample and unit by itself. */
const CRITERIA = {
  unit: [1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2],
  relative: [0.01, 0.03, 0.1, 0.3, 0.5, 1],
  sample: [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2],
} as const;
type Criterion = keyof typeof CRITERIA;
/** Those in the image; all are in the numbers: the share above each threshold is the distribution of |dL/dlogit|. */
const PLOTTED_THRESHOLDS: Readonly<Record<Criterion, readonly number[]>> = {
  unit: [1e-4, 3e-4, 1e-3],
  relative: [0.03, 0.1, 0.3],
  sample: [1e-6, 1e-5, 1e-4],
};
const TITLES: Readonly<Record<Criterion, string>> = {
  unit: 'Active units',
  relative: 'Active units (relative)',
  sample: 'Active pairs',
};

type Weights = 'held' | 'trained';

interface Measured {
  weights: Weights;
  criterion: Criterion;
  limit: number;
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
      const criteria = [
        ...CRITERIA.relative.map((relative) => ({relative})),
        ...CRITERIA.sample.map((threshold) => ({threshold, per: 'sample' as const})),
      ];
      const points = await sweepBackward(model, x, y, temperatures, {threshold: CRITERIA.unit, criteria});
      for (const {threshold, relative, per, backwardTemperature, gradientNorm, activeUnits} of points) {
        const criterion = per === 'sample' ? 'sample' : relative === undefined ? 'unit' : 'relative';
        const limit = (threshold ?? relative)!;
        measured.push({weights, criterion, limit, backwardTemperature, gradientNorm, activeUnits});
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
    const lines = (weights: Weights, criterion: Criterion, limit: number, of: (one: Measured) => number) =>
      measured
        .filter((one) => one.weights === weights && one.criterion === criterion && one.limit === limit)
        .map((one) => ({x: one.backwardTemperature, y: of(one)}));
    const common = {kind: 'lines', xTitle: 'backward temperature'} as const;
    const all = ['held', 'trained'] as const;
    const nameOf = (weights: Weights) =>
      weights === 'held' ? `trained at ${TRAINED_AT}` : 'trained at each';
    const active = (weights: Weights, criterion: Criterion) => ({
      ...common,
      title: `${TITLES[criterion]}, ${nameOf(weights)}`,
      yTitle: '%',
      series: PLOTTED_THRESHOLDS[criterion].map((limit) => ({
        name: `above ${limit}${criterion === 'relative' ? ' of the mean' : ''}`,
        points: lines(weights, criterion, limit, ({activeUnits}) => activeUnits),
      })),
    });
    const norm = {
      ...common,
      title: 'Gradient norm',
      yTitle: 'L2 norm, mean over batches',
      logarithmic: true,
      series: all.map((weights) => ({
        name: `weights ${nameOf(weights)}`,
        points: lines(weights, 'unit', CRITERIA.unit[0], ({gradientNorm}) => gradientNorm),
      })),
    };
    const criteria = Object.keys(CRITERIA) as Criterion[];
    return [norm, ...criteria.flatMap((criterion) => all.map((weights) => active(weights, criterion)))];
  },
});
