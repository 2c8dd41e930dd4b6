/**
 * Does a higher forward temperature use more of the codes, at the price of noisier gradients?
 *
 * Trains the categorical autoencoder for a while, holds its weights, and sweeps the forward temperature: the signal-to-noise
 * ratio of the gradient over 1,024 passes of one batch, and the perplexity of the codes (arXiv:2410.13331, figure 6(a): the
 * first falls, the second rises). As samples at fixed weights spread with the temperature whatever was learned, it also
 * trains at each temperature and reports the perplexity of the last epoch.
 *
 *     node --import tsx examples/papers/figures/forward.ts
 */
import {callbacks} from 'tfjs-discrete';
import {type ForwardPoint, sweepForward} from 'tfjs-discrete/analysis';
import {imageTensor, shuffledBatches} from '../../mnist/data/batches.js';
import {loadDataset} from '../../mnist/data/datasets.js';
import {cataeModel, common} from '../catae.js';
import {disposeModel} from '../training.js';
import {figure} from './figure.js';

const TEMPERATURES = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4];

interface Measured {
  held: ForwardPoint[];
  trained: {forwardTemperature: number; perplexity: number}[];
}

await figure<Measured>({
  name: 'forward',
  question: 'Does a higher forward temperature use more of the codes, at the price of noisier gradients?',
  defaults: {epochs: 5, passes: 1024, limit: 0},
  async compute({epochs, passes, limit, seed}) {
    const data = await loadDataset('mnist', limit || undefined);
    const trainedAt = async (forwardTemperature: number) => {
      const model = cataeModel({forwardTemperature, backwardTemperature: 0.5}, seed, 3e-4, common);
      const batches = shuffledBatches(data, 'images', common.batchSize, seed) as never;
      const watch = callbacks.perplexity();
      const {history} = await model.fitDataset(batches, {epochs, verbose: 0, callbacks: watch});
      return {model, perplexity: history['perplexity/code']!.at(-1) as number};
    };
    const {model} = await trainedAt(2);
    const x = imageTensor(data.train, Math.min(2000, data.train.count));
    const held = await sweepForward(model, x, x, TEMPERATURES, {passes, signalSamples: common.batchSize});
    x.dispose();
    disposeModel(model);
    const trained = [];
    for (const forwardTemperature of TEMPERATURES) {
      const {model, perplexity} = await trainedAt(forwardTemperature);
      disposeModel(model);
      trained.push({forwardTemperature, perplexity});
    }
    return {held, trained};
  },
  panels: ({held, trained}) => {
    const over = <P extends {forwardTemperature: number}>(points: readonly P[], of: (point: P) => number) =>
      points.map((point) => ({x: point.forwardTemperature, y: of(point)}));
    const common = {kind: 'lines', xTitle: 'forward temperature'} as const;
    return [
      {
        ...common,
        title: 'Signal-to-noise ratio of the gradient',
        yTitle: '|mean| / standard deviation',
        logarithmic: true,
        series: [
          {name: 'all weights as one vector', points: over(held, ({overall}) => overall)},
          {name: 'mean over weights', points: over(held, ({perEntry}) => perEntry)},
        ],
      },
      {
        ...common,
        title: 'Usage of the codes',
        yTitle: 'perplexity, of 8',
        series: [
          {name: 'weights trained at 2', points: over(held, ({perplexity}) => perplexity)},
          {name: 'trained at each', points: over(trained, ({perplexity}) => perplexity)},
        ],
      },
    ];
  },
});
