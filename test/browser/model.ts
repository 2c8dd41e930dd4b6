import {tensor2d} from '@tensorflow/tfjs-core';
import {initializers, layers as keras, type LayersModel, sequential} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';

/** What `fit` is told in Node and in the page: the same order of samples, so that one seed means one run. */
export const FIT = {epochs: 3, batchSize: 16, shuffle: false, verbose: 0} as const;

/** Every layer of the package in one model, all random numbers from seeds, ready for `fit`. */
export function buildModel(): LayersModel {
  const dense = (units: number, seed: number, activation: 'linear' | 'sigmoid' = 'linear') =>
    keras.dense({
      units,
      activation,
      name: `dense${seed}`,
      kernelInitializer: initializers.glorotUniform({seed}),
    });
  const decoupled = {forwardTemperature: 0.7, backwardTemperature: 1.5, seed: 5};
  const model = sequential({
    layers: [
      layers.thermometerEncoding({name: 'bits', thresholds: [-0.5, 0, 0.5], inputShape: [4]}),
      layers.logicGateLayer({name: 'gates', units: 24, gateInitializer: 'randomNormal', ...decoupled}),
      dense(12, 1),
      layers.decoupledCategorical({name: 'categories', categories: 3, ...decoupled}),
      dense(8, 2),
      layers.stochasticBinary({name: 'binary', ...decoupled}),
      dense(6, 3),
      layers.vectorQuantizer({name: 'codes', codes: 5, ...decoupled}),
      dense(6, 4, 'sigmoid'),
      layers.straightThroughRound({name: 'rounded', levels: 5}),
      layers.groupSum({name: 'scores', groups: 2, temperature: 2}),
    ],
  });
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  return model;
}

/** 64 samples that look arbitrary, exact in float32; the caller disposes them. */
export function samples() {
  const x = Array.from({length: 64}, (_, row) =>
    [0, 1, 2, 3].map((column) => Math.round(1024 * Math.sin(12.9898 * (4 * row + column + 1))) / 1024),
  );
  const y = x.map(([a, b, c, d]) => [a! * b! > 0 ? 1 : 0.25, c! > d! ? 1 : 0.25]);
  return {xs: tensor2d(x), ys: tensor2d(y)};
}
