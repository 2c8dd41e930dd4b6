/**
 * How do bias and variance of the estimated gradient depend on the two temperatures?
 *
 * A categorical variational autoencoder with 4 latents of 8 categories, trained at (1.6, 1.3) for one epoch and for a few. For
 * eight test images together the exact gradient by the logits, from all 4,096 codes, against 1,024 estimates (papers'
 * predecessor, appendix C and figure 6: both rise with the forward and fall with the backward temperature). The bias is a share
 * of the norm of the exact gradient, at the forward temperature under test and at 1; the deviation is divided by the norm of the
 * mean, as the papers' public code does, and stands as it is, too, as in the paper. The numbers hold REINFORCE too, the estimator
 * without bias: what it shows of one is the error of 1,024 passes. Here the weights are held while a temperature moves;
 * `trackedMoments.ts` trains at each pair.
 *
 *     node --import tsx examples/papers/figures/biasVariance.ts
 */
import {dispose} from '@tensorflow/tfjs-core';
import {vaeModel} from '../categoricalVae.js';
import {flatPixels, flatReconstruction, loadGrey, shuffled} from '../data/images.js';
import {disposeModel} from '../training.js';
import {encodeImages, exactTogether, type Moments, momentsTogether} from '../vaeMoments.js';
import {figure} from './figure.js';

const TEMPERATURES = [0.3, 0.6, 1, 1.3, 1.6, 2, 2.5, 3];
const [FORWARD, BACKWARD] = [1.6, 1.3];
const ESTIMATORS = ['decoupledGumbel', 'decoupled'];
const IMAGES = 8;
/** Adam, under which ReLU's network keeps a few codes; with RAdam it falls to one. */
const SETTINGS = {categories: 8, latents: 4, activation: 'relu', warmUp: false};

const PANELS = [
  {key: 'bias', title: 'Bias', yTitle: 'share of the exact gradient'},
  {key: 'biasAt1', title: 'Bias, exact at 1', yTitle: 'share of the exact gradient at 1'},
  {key: 'noiseToSignal', title: 'Deviation', yTitle: 'share of the mean'},
] as const;

interface Measured extends Moments {
  estimator: string;
  swept: 'forward' | 'backward';
  temperature: number;
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
    const {model, ...parts} = vaeModel(discrete, seed, 5e-4, SETTINGS);
    const images = Array.from({length: IMAGES}, (_, index) => flatPixels(data.test, Uint32Array.of(index)));

    const measured: Measured[] = [];
    const measure = async (trained: number) => {
      const encoded = encodeImages(parts, images, [SETTINGS.latents, SETTINGS.categories]);
      const at1 = await exactTogether(encoded, 1);
      const atHeld = await exactTogether(encoded, FORWARD);
      for (const temperature of TEMPERATURES) {
        for (const swept of ['forward', 'backward'] as const) {
          const [forwardTemperature, backwardTemperature] =
            swept === 'forward' ? [temperature, BACKWARD] : [FORWARD, temperature];
          const atForward = swept === 'forward' ? await exactTogether(encoded, temperature) : atHeld;
          for (const estimator of [...ESTIMATORS, 'reinforce']) {
            const both = estimator === 'reinforce' ? {} : {backwardTemperature};
            const args = {estimator, passes, seed, forwardTemperature, ...both};
            const moments = await momentsTogether(encoded, args, {atForward, at1});
            measured.push({estimator, swept, temperature, ...moments, epochs: trained});
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
    dispose(images);
    disposeModel(model);
    return measured;
  },
  columns: 6,
  panels: (measured) =>
    [...new Set(measured.map(({epochs}) => epochs))].flatMap((epochs) =>
      PANELS.flatMap(({key, title, yTitle}) =>
        (['forward', 'backward'] as const).map((swept) => ({
          kind: 'lines' as const,
          title: `${title}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`,
          xTitle: `${swept} temperature (${swept === 'forward' ? `backward ${BACKWARD}` : `forward ${FORWARD}`})`,
          yTitle,
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
