/**
 * How do bias and variance of the estimated gradient depend on the two temperatures?
 *
 * A categorical variational autoencoder with 4 latents of 8 categories, trained for a while at (1.6, 1.3). For a few test
 * pictures the exact gradient by the logits, from all 4,096 codes, against 1,024 estimates (papers' predecessor, appendix C
 * and figure 6: both rise with the forward and fall with the backward temperature). Figures are shares of the exact
 * gradient's norm, means over pictures. REINFORCE stands by as the estimator without bias.
 *
 *     node --import tsx examples/papers/figures/biasVariance.ts
 */
import {mul, reshape, type Tensor, tidy, tile} from '@tensorflow/tfjs-core';
import {metrics} from '@tensorflow/tfjs-layers';
import {type BiasVariance, biasVariance, estimatorMoments, exactGradient} from 'tfjs-discrete/analysis';
import {vaeModel} from '../categoricalVae.js';
import {flatPixels, loadGrey, shuffled} from '../data/images.js';
import {figure} from './figure.js';

const TEMPERATURES = [0.3, 0.6, 1, 1.3, 1.6, 2, 2.5, 3];
const [FORWARD, BACKWARD] = [1.6, 1.3];
const ESTIMATORS = ['decoupledGumbel', 'decoupled'];
const PICTURES = 8;

interface Measured {
  estimator: string;
  swept: 'forward' | 'backward';
  temperature: number;
  relativeBias: number;
  relativeDeviation: number;
  cosine: number;
}

await figure<Measured[]>({
  name: 'biasVariance',
  question: 'How do bias and variance of the estimated gradient depend on the two temperatures?',
  defaults: {epochs: 5, passes: 1024, limit: 0},
  async compute({epochs, passes, limit, seed}) {
    const data = await loadGrey('mnist', 0, limit || undefined);
    const temperatures = {forwardTemperature: FORWARD, backwardTemperature: BACKWARD};
    const discrete = {estimator: 'decoupledGumbel', ...temperatures};
    const {model, encoder, decode} = vaeModel(discrete, seed, 5e-4, 8, 4);
    const samples = (images: typeof data.train, places: Uint32Array) => {
      const xs = flatPixels(images, places);
      return {xs, ys: xs.clone()};
    };
    await model.fitDataset(shuffled(data.train, samples, 200, seed) as never, {epochs, verbose: 0});

    const pictures = Array.from({length: PICTURES}, (_, place) => {
      const picture = flatPixels(data.test, Uint32Array.of(place));
      const loss = (codes: Tensor) => {
        const n = codes.shape[0]!;
        return mul(metrics.binaryCrossentropy(tile(picture, [n, 1]), decode(reshape(codes, [n, 32]))), 784);
      };
      const logits = tidy(() => reshape(encoder.predict(picture) as Tensor, [4, 8]));
      return {loss, logits};
    });
    const exactAt = async (forwardTemperature: number) =>
      Promise.all(pictures.map(({loss, logits}) => exactGradient(loss, logits, {forwardTemperature})));
    const atForward = await exactAt(FORWARD);

    const measured: Measured[] = [];
    for (const temperature of TEMPERATURES) {
      for (const swept of ['forward', 'backward'] as const) {
        const [forwardTemperature, backwardTemperature] =
          swept === 'forward' ? [temperature, BACKWARD] : [FORWARD, temperature];
        const exact = swept === 'forward' ? await exactAt(temperature) : atForward;
        for (const estimator of [...ESTIMATORS, 'reinforce']) {
          const both = estimator === 'reinforce' ? {} : {backwardTemperature};
          const results: BiasVariance[] = [];
          for (const [place, {loss, logits}] of pictures.entries()) {
            const args = {estimator, passes, seed: seed + place, forwardTemperature, ...both};
            results.push(biasVariance(exact[place]!, await estimatorMoments(loss, logits, args)));
          }
          const mean = (key: 'relativeBias' | 'relativeDeviation' | 'cosine') =>
            results.reduce((sum, result) => sum + result[key] / PICTURES, 0);
          measured.push({
            ...{estimator, swept, temperature, relativeBias: mean('relativeBias')},
            ...{relativeDeviation: mean('relativeDeviation'), cosine: mean('cosine')},
          });
        }
      }
    }
    return measured;
  },
  columns: 2,
  panels: (measured) =>
    (['relativeBias', 'relativeDeviation'] as const).flatMap((key) =>
      (['forward', 'backward'] as const).map((swept) => ({
        kind: 'lines' as const,
        title: `${key === 'relativeBias' ? 'Bias' : 'Deviation'} over the ${swept} temperature`,
        xTitle: `${swept} temperature (${swept === 'forward' ? `backward ${BACKWARD}` : `forward ${FORWARD}`})`,
        yTitle: 'share of the exact gradient',
        logarithmic: key === 'relativeDeviation',
        series: [...ESTIMATORS, ...(key === 'relativeDeviation' ? ['reinforce'] : [])].map((estimator) => ({
          name: estimator,
          points: measured
            .filter((one) => one.swept === swept && one.estimator === estimator)
            .map((one) => ({x: one.temperature, y: one[key]})),
        })),
      })),
    ),
});
