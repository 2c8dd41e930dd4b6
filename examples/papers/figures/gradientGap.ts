/**
 * Where do the gradients at drawn and at relaxed codes agree?
 *
 * The binary autoencoder on MNIST, trained for a while at (0.3, 3): the mean squared distance between the gradient at the
 * relaxed code and that at the drawn one, over a grid of temperatures, natural logarithm, mean over pictures (papers'
 * predecessor, appendix D and figure 5: it falls as the backward temperature rises). A bit is a choice between the log-odds
 * l and 0.
 *
 *     node --import tsx examples/papers/figures/gradientGap.ts
 */
import {
  concat,
  mean,
  reshape,
  slice,
  squaredDifference,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {gradientGap} from 'tfjs-discrete/analysis';
import {binaryModel} from '../binaryAutoencoder.js';
import {reconstruction, shuffled} from '../data/images.js';
import {loadImages} from '../data/index.js';
import {figure} from './figure.js';

const FORWARD = [0.3, 0.6, 1, 1.5, 2, 3];
const BACKWARD = [0.3, 0.6, 1, 2, 3, 6];
const PICTURES = 4;
const CODE = [8, 8, 32];

await figure<{forwardTemperature: number; backwardTemperature: number; logGap: number}[]>({
  name: 'gradientGap',
  question: 'Where do the gradients at drawn and at relaxed codes agree?',
  defaults: {epochs: 2, passes: 32, limit: 5000},
  async compute({epochs, passes, limit, seed}) {
    const data = await loadImages('mnist', limit || undefined);
    const discrete = {estimator: 'decoupledGumbel', forwardTemperature: 0.3, backwardTemperature: 3};
    const settings = {channels: 1, filters: 16, learningRate: 1e-3};
    const {model, encoder, decoder} = binaryModel(discrete, seed, settings);
    await model.fitDataset(shuffled(data.train, reconstruction, 64, seed) as never, {epochs, verbose: 0});
    const pictures = Array.from({length: PICTURES}, (_, place) => {
      const {xs} = reconstruction(data.test, Uint32Array.of(place));
      const logits = tidy(() => {
        const odds = reshape(encoder.predict(xs) as Tensor, [-1, 1]);
        return concat([odds, zerosLike(odds)], 1);
      });
      const loss = (codes: Tensor) => {
        const bits = reshape(slice(codes, [0, 0, 0], [-1, -1, 1]), [codes.shape[0]!, ...CODE]);
        return mean(squaredDifference(xs, decoder.apply(bits) as Tensor), [1, 2, 3]);
      };
      return {logits, loss};
    });
    const grid = FORWARD.flatMap((forwardTemperature) =>
      BACKWARD.map((backwardTemperature) => ({forwardTemperature, backwardTemperature})),
    );
    const measured = [];
    for (const at of grid) {
      let gap = 0;
      for (const {logits, loss} of pictures) {
        gap +=
          (await gradientGap(loss, logits, {estimator: 'decoupledGumbel', passes, seed, ...at})) / PICTURES;
      }
      measured.push({...at, logGap: Math.log(gap)});
    }
    return measured;
  },
  panels: (cells) => [
    {
      kind: 'heat',
      title: 'log(gradient gap)',
      xTitle: 'forward temperature',
      yTitle: 'backward temperature',
      cells: cells.map(({forwardTemperature, backwardTemperature, logGap}) => ({
        x: forwardTemperature,
        y: backwardTemperature,
        value: logGap,
      })),
    },
  ],
});
