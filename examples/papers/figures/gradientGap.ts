/**
 * Where do the gradients at sampled and at relaxed codes agree?
 *
 * The binary autoencoder on MNIST, trained for a while at (0.3, 3): the mean squared distance between the gradient at the
 * relaxed code and that at the sampled one, over a grid of temperatures, mean over images (papers' predecessor, appendix D
 * and figure 5: its logarithm falls as the backward temperature rises). Beside it the same as a share of the sampled gradient's
 * own squared length, which the backward temperature shrinks as well, and the gap read literally, the relaxed term
 * through the relaxation's own Jacobian. A bit is a choice between the log-odds l and 0.
 *
 *     node --import tsx examples/papers/figures/gradientGap.ts
 */
import {
  concat,
  dispose,
  mean,
  reshape,
  slice,
  squaredDifference,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {type GradientGap, gradientGap} from 'tfjs-discrete/analysis';
import {binaryModel} from '../binaryAutoencoder.js';
import {reconstruction, shuffled} from '../data/images.js';
import {loadImages} from '../data/index.js';
import {disposeModel} from '../training.js';
import {figure} from './figure.js';
import type {Panel} from './plot.js';

const FORWARD = [0.3, 0.6, 1, 1.5, 2, 3];
const BACKWARD = [0.3, 0.6, 1, 2, 3, 6];
const IMAGES = 4;
const CODE = [8, 8, 32];
const FIGURES = ['gap', 'gapThroughRelaxation', 'size'] as const;

interface Measured extends GradientGap {
  forwardTemperature: number;
  backwardTemperature: number;
}

await figure<Measured[]>({
  name: 'gradientGap',
  question: 'Where do the gradients at sampled and at relaxed codes agree?',
  defaults: {epochs: 2, passes: 32, limit: 5000},
  async compute({epochs, passes, limit, seed}) {
    const data = await loadImages('mnist', limit || undefined);
    const discrete = {estimator: 'decoupledGumbel', forwardTemperature: 0.3, backwardTemperature: 3};
    const settings = {channels: 1, filters: 16, learningRate: 3e-4};
    const {model, encoder, decoder} = binaryModel(discrete, seed, settings);
    await model.fitDataset(shuffled(data.train, reconstruction, 64, seed) as never, {epochs, verbose: 0});
    const images = Array.from({length: IMAGES}, (_, index) => {
      const {xs, ys} = reconstruction(data.test, Uint32Array.of(index));
      ys.dispose();
      const logits = tidy(() => {
        const odds = reshape(encoder.predict(xs) as Tensor, [-1, 1]);
        return concat([odds, zerosLike(odds)], 1);
      });
      const loss = (codes: Tensor) => {
        const bits = reshape(slice(codes, [0, 0, 0], [-1, -1, 1]), [codes.shape[0]!, ...CODE]);
        return mean(squaredDifference(xs, decoder.apply(bits) as Tensor), [1, 2, 3]);
      };
      return {xs, logits, loss};
    });
    const grid = FORWARD.flatMap((forwardTemperature) =>
      BACKWARD.map((backwardTemperature) => ({forwardTemperature, backwardTemperature})),
    );
    const measured: Measured[] = [];
    for (const at of grid) {
      const total = {gap: 0, gapThroughRelaxation: 0, size: 0};
      for (const {logits, loss} of images) {
        const found = await gradientGap(loss, logits, {estimator: 'decoupledGumbel', passes, seed, ...at});
        for (const key of FIGURES) total[key] += found[key] / IMAGES;
      }
      measured.push({...at, ...total});
    }
    for (const {xs, logits} of images) dispose([xs, logits]);
    disposeModel(model);
    return measured;
  },
  panels: (measured) => {
    const over = (title: string, of: (one: Measured) => number): Panel => ({
      kind: 'heat',
      title,
      xTitle: 'forward temperature',
      yTitle: 'backward temperature',
      cells: measured.map((one) => ({
        x: one.forwardTemperature,
        y: one.backwardTemperature,
        value: of(one),
      })),
    });
    return [
      over('log(gradient gap)', ({gap}) => Math.log(gap)),
      over('Gap / squared length of the gradient', ({gap, size}) => gap / size),
      over('log(gap through the relaxation)', ({gapThroughRelaxation}) => Math.log(gapThroughRelaxation)),
    ];
  },
});
