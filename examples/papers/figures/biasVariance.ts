/**
 * How do bias and variance of the estimated gradient depend on the two temperatures?
 *
 * A categorical variational autoencoder with 4 latents of 8 categories, trained at (1.6, 1.3) for one epoch and for a few. For
 * eight test images together the exact gradient by the logits, from all 4,096 codes, against 1,024 estimates (papers'
 * predecessor, appendix C and figure 6: both rise with the forward and fall with the backward temperature). The bias is a share
 * of the exact gradient's norm; the paper's variance is the standard deviation as it is. The numbers hold REINFORCE too,
 * the estimator without bias: what it shows of one is the error of 1,024 passes.
 *
 *     node --import tsx examples/papers/figures/biasVariance.ts
 */
import {dispose, mul, reshape, type Tensor, tidy, tile} from '@tensorflow/tfjs-core';
import {metrics} from '@tensorflow/tfjs-layers';
import {type BiasVariance, biasVariance, estimatorMoments, exactGradient} from 'tfjs-discrete/analysis';
import {vaeModel} from '../categoricalVae.js';
import {flatPixels, flatReconstruction, loadGrey, shuffled} from '../data/images.js';
import {disposeModel} from '../training.js';
import {figure} from './figure.js';

const TEMPERATURES = [0.3, 0.6, 1, 1.3, 1.6, 2, 2.5, 3];
const [FORWARD, BACKWARD] = [1.6, 1.3];
const ESTIMATORS = ['decoupledGumbel', 'decoupled'];
const IMAGES = 8;
/** Adam, under which ReLU's network keeps a few codes; with RAdam it falls to one. */
const SETTINGS = {categories: 8, latents: 4, activation: 'relu', warmUp: false};

interface Measured extends BiasVariance {
  estimator: string;
  swept: 'forward' | 'backward';
  temperature: number;
  /** Norm of the exact gradient. */
  exactNorm: number;
  epochs: number;
}

await figure<Measured[]>({
  name: 'biasVariance',
  question: 'How do bias and variance of the estimated gradient depend on the two temperatures?',
  defaults: {epochs: 5, passes: 1024, limit: 0},
  async compute({epochs, passes, limit, seed}) {
    const data = await loadGrey('mnist', 0, limit || undefined);
    const temperatures = {forwardTemperature: FORWARD, backwardTemperature: BACKWARD};
    const discrete = {estimator: 'decoupledGumbel', ...temperatures};
    const {model, encoder, decode} = vaeModel(discrete, seed, 5e-4, SETTINGS);
    const images = Array.from({length: IMAGES}, (_, index) => {
      const image = flatPixels(data.test, Uint32Array.of(index));
      const loss = (codes: Tensor) => {
        const n = codes.shape[0]!;
        return mul(metrics.binaryCrossentropy(tile(image, [n, 1]), decode(reshape(codes, [n, 32]))), 784);
      };
      return {image, loss};
    });

    const measured: Measured[] = [];
    const measure = async (trained: number) => {
      const encoded = images.map(({image, loss}) => {
        const logits = tidy(() => reshape(encoder.predict(image) as Tensor, [4, 8]));
        return {logits, loss};
      });
      const exactAt = async (forwardTemperature: number) => {
        const each = encoded.map(({loss, logits}) => exactGradient(loss, logits, {forwardTemperature}));
        return joined((await Promise.all(each)).map(({gradient}) => gradient));
      };
      const atForward = await exactAt(FORWARD);
      for (const temperature of TEMPERATURES) {
        for (const swept of ['forward', 'backward'] as const) {
          const [forwardTemperature, backwardTemperature] =
            swept === 'forward' ? [temperature, BACKWARD] : [FORWARD, temperature];
          const gradient = swept === 'forward' ? await exactAt(temperature) : atForward;
          for (const estimator of [...ESTIMATORS, 'reinforce']) {
            const both = estimator === 'reinforce' ? {} : {backwardTemperature};
            const each = encoded.map(({loss, logits}, index) => {
              const args = {estimator, passes, seed: seed + index, forwardTemperature, ...both};
              return estimatorMoments(loss, logits, args);
            });
            const moments = await Promise.all(each);
            const together = {
              mean: joined(moments.map(({mean}) => mean)),
              standardDeviation: joined(moments.map(({standardDeviation}) => standardDeviation)),
            };
            const figures = biasVariance({expectedLoss: Number.NaN, gradient}, together);
            const exactNorm = Math.hypot(...gradient);
            measured.push({estimator, swept, temperature, ...figures, exactNorm, epochs: trained});
          }
        }
      }
      for (const {logits} of encoded) logits.dispose();
    };
    const batches = shuffled(data.train, flatReconstruction, 200, seed) as never;
    await model.fitDataset(batches, {epochs: 1, verbose: 0});
    await measure(1);
    if (epochs > 1) {
      await model.fitDataset(batches, {epochs: epochs - 1, verbose: 0});
      await measure(epochs);
    }
    dispose(images.map(({image}) => image));
    disposeModel(model);
    return measured;
  },
  columns: 4,
  panels: (measured) =>
    [...new Set(measured.map(({epochs}) => epochs))].flatMap((epochs) =>
      (['relativeBias', 'deviation'] as const).flatMap((key) =>
        (['forward', 'backward'] as const).map((swept) => ({
          kind: 'lines' as const,
          title: `${key === 'relativeBias' ? 'Bias' : 'Deviation'}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`,
          xTitle: `${swept} temperature (${swept === 'forward' ? `backward ${BACKWARD}` : `forward ${FORWARD}`})`,
          yTitle: key === 'relativeBias' ? 'share of the exact gradient' : 'norm of deviations',
          logarithmic: true,
          series: ESTIMATORS.map((estimator) => ({
            name: estimator,
            points: measured
              .filter((one) => one.swept === swept && one.estimator === estimator && one.epochs === epochs)
              .map((one) => ({x: one.temperature, y: one[key]})),
          })),
        })),
      ),
    ),
});

/** The images' gradients as one vector, as a batch has them: so none with next to no gradient decides alone. */
function joined(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
