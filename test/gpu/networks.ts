import {oneHot, type Tensor, tensor1d, tensor2d} from '@tensorflow/tfjs-core';
import {initializers, layers as keras, type LayersModel, sequential} from '@tensorflow/tfjs-layers';
import {layers, optimizers} from 'tfjs-discrete';

/** A network to count the steps of, with a batch for it. */
export interface Network {
  readonly model: LayersModel;
  readonly x: Tensor;
  readonly y: Tensor;
}

const CLASSES = 10;

function compiled(model: LayersModel, rows: number, inputs: number, optimizer: 'ours' | 'adam'): Network {
  const chosen = optimizer === 'adam' ? 'adam' : optimizers.adam({learningRate: 0.01});
  model.compile({optimizer: chosen, loss: 'categoricalCrossentropy'});
  const x = Float32Array.from({length: rows * inputs}, (_, i) => Math.round((1 + Math.sin(12.9898 * i)) / 2));
  const labels = tensor1d(
    Array.from({length: rows}, (_, row) => (row * 7) % CLASSES),
    'int32',
  );
  const y = oneHot(labels, CLASSES);
  labels.dispose();
  return {model, x: tensor2d(x, [rows, inputs]), y};
}

/** The papers' stochastic binary network, 784-200-200-10. What is counted does not depend on the batch, which is small here. */
export function binaryNetwork(optimizer: 'ours' | 'adam' = 'ours'): Network {
  const dense = (units: number, seed: number, more: object = {}) =>
    keras.dense({units, kernelInitializer: initializers.glorotUniform({seed}), ...more});
  const model = sequential({
    layers: [
      dense(200, 1, {inputShape: [784]}),
      layers.stochasticBinary({seed: 1}),
      dense(200, 2),
      layers.stochasticBinary({seed: 1}),
      dense(CLASSES, 3, {activation: 'softmax'}),
    ],
  });
  return compiled(model, 16, 784, optimizer);
}

/** Four layers of logic gates, narrow ones: what is counted does not depend on the width. */
export function logicNetwork(optimizer: 'ours' | 'adam' = 'ours', units = 120): Network {
  const model = sequential({
    layers: [
      layers.logicGateLayer({units, seed: 1, inputShape: [100]}),
      layers.logicGateLayer({units, seed: 1}),
      layers.logicGateLayer({units, seed: 1}),
      layers.logicGateLayer({units, seed: 1}),
      layers.groupSum({groups: CLASSES}),
      keras.activation({activation: 'softmax'}),
    ],
  });
  return compiled(model, 32, 100, optimizer);
}

/** A categorical autoencoder, 784-128-(8 x 8)-128-784. */
export function autoencoder(optimizer: 'ours' | 'adam' = 'ours'): Network {
  const dense = (units: number, seed: number, more: object = {}) =>
    keras.dense({units, kernelInitializer: initializers.glorotUniform({seed}), ...more});
  const model = sequential({
    layers: [
      dense(128, 1, {inputShape: [784], activation: 'relu'}),
      dense(64, 2),
      layers.decoupledCategorical({categories: 8, seed: 1}),
      dense(128, 3, {activation: 'relu'}),
      dense(784, 4, {activation: 'sigmoid'}),
    ],
  });
  const network = compiled(model, 16, 784, optimizer);
  network.model.compile({
    optimizer: optimizer === 'adam' ? 'adam' : optimizers.adam({learningRate: 0.01}),
    loss: 'binaryCrossentropy',
  });
  network.y.dispose();
  return {...network, y: network.x.clone()};
}
