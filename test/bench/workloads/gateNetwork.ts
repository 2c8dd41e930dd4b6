import {type Tensor, train} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {firstRows, labelsInTurn, randomBits} from './data.js';
import {fitting} from './fitting.js';
import type {GateSizes} from './gateLayer.js';
import {repeat, type Workload} from './Workload.js';

export interface GateNetworkSizes extends GateSizes {
  readonly layers: number;
  readonly groups: number;
  /** Batches in an epoch of `fit`. */
  readonly steps?: number;
}

/** A whole network of logic gates, its training step with Adam 0.01, and its prediction. */
export function gateNetwork({
  inputs,
  units,
  batch,
  layers: depth,
  groups,
  steps = 10,
}: GateNetworkSizes): Workload {
  const gates = (shape: {inputShape?: number[]}) => layers.logicGateLayer({units, seed: 1, ...shape});
  const model = tf.sequential({
    layers: [
      ...Array.from({length: depth}, (_, i) => gates(i === 0 ? {inputShape: [inputs]} : {})),
      layers.groupSum({groups, temperature: 100}),
      tf.layers.softmax(),
    ],
  });
  model.compile({optimizer: train.adam(0.01), loss: 'categoricalCrossentropy'});
  const bits = randomBits([steps * batch, inputs], 1);
  const labels = labelsInTurn(steps * batch, groups);
  const [x, y] = [firstRows(bits, batch), firstRows(labels, batch)];
  return {
    variants: {
      train: repeat(() => model.trainOnBatch(x, y)),
      predict: repeat(async () => {
        const probabilities = model.predict(x, {batchSize: batch}) as Tensor;
        await probabilities.data();
        probabilities.dispose();
      }),
      ...fitting(model, bits, labels, batch),
    },
  };
}
