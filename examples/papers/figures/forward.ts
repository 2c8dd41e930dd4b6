/**
 * Does a higher forward temperature use more of the codes, at the price of noisier gradients?
 *
 * Trains the categorical autoencoder for a while, holds its weights, and sweeps the forward temperature: the signal-to-noise
 * ratio of the gradient over 1,024 passes of one batch, and the perplexity of the codes (arXiv:2410.13331, figure 6(a): the
 * first falls, the second rises).
 *
 *     node --import tsx examples/papers/figures/forward.ts
 */
import {type ForwardPoint, sweepForward} from 'tfjs-discrete/analysis';
import {pictureTensor, shuffledBatches} from '../../mnist/data/batches.js';
import {loadDataset} from '../../mnist/data/datasets.js';
import {cataeModel, common} from '../catae.js';
import {disposeModel} from '../training.js';
import {figure} from './figure.js';

const TEMPERATURES = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4];

await figure<ForwardPoint[]>({
  name: 'forward',
  question: 'Does a higher forward temperature use more of the codes, at the price of noisier gradients?',
  defaults: {epochs: 5, passes: 1024, limit: 0},
  async compute({epochs, passes, limit, seed}) {
    const data = await loadDataset('mnist', limit || undefined);
    const model = cataeModel({forwardTemperature: 2, backwardTemperature: 0.5}, seed, 3e-4, common);
    await model.fitDataset(shuffledBatches(data, 'pictures', common.batchSize, seed), {epochs, verbose: 0});
    const x = pictureTensor(data.train, Math.min(2000, data.train.count));
    const points = await sweepForward(model, x, x, TEMPERATURES, {
      passes,
      signalSamples: common.batchSize,
    });
    x.dispose();
    disposeModel(model);
    return points;
  },
  panels: (points) => {
    const over = (of: (point: ForwardPoint) => number) =>
      points.map((point) => ({x: point.forwardTemperature, y: of(point)}));
    const common = {kind: 'lines', xTitle: 'forward temperature'} as const;
    return [
      {
        ...common,
        title: 'Signal-to-noise ratio of the gradient',
        yTitle: '|mean| / standard deviation',
        logarithmic: true,
        series: [
          {name: 'all weights as one vector', points: over(({overall}) => overall)},
          {name: 'mean over weights', points: over(({perEntry}) => perEntry)},
        ],
      },
      {
        ...common,
        title: 'Usage of the codes',
        yTitle: 'perplexity, of 8',
        series: [{name: 'perplexity', points: over(({perplexity}) => perplexity)}],
      },
    ];
  },
});
