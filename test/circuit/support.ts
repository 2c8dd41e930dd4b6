import {type Tensor, tensor} from '@tensorflow/tfjs-core';
import {type Sequential, sequential, layers as tfLayers} from '@tensorflow/tfjs-layers';
import {Circuit, type CircuitParts} from '../../src/circuit/index.js';
import {layers} from '../../src/index.js';

/** Whole numbers below `end` that follow from a seed. */
export function generator(seed: number): (end: number) => number {
  let state = seed * 2654435761 + 12345;
  return (end) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * end);
  };
}

/** What a random network looks like; everything else follows from the seed. */
export interface RandomModel {
  readonly model: Sequential;
  /** A sample's shape. */
  readonly shape: readonly number[];
  readonly features: number;
}

const THRESHOLDS = [[0.5], [0.25, 0.5, 0.75], [-0.4, 0.1]];

/**
 * A random network with random gates: of one to four layers of odd widths, with or without thermometer, on vectors or
 * images, with Flatten, Reshape and Dropout, with or without GroupSum.
 */
export function randomModel(seed: number): RandomModel {
  const random = generator(seed);
  const image = seed % 3 === 0;
  const shape = image ? [2 + random(3), 3, 2 + random(3)] : [3 + random(30)];
  const groups = 1 + random(5);
  const depth = 1 + random(4);
  const model = sequential();
  const encoded = seed % 4 !== 0;
  const flatten = image && seed % 2 === 0; // otherwise the same gates stand at every position
  const add = (layer: Parameters<Sequential['add']>[0]) => model.add(layer);
  const first = {inputShape: shape};
  if (encoded) add(layers.thermometerEncoding({thresholds: THRESHOLDS[seed % 3]!, ...first}));
  else add(tfLayers.dropout({rate: 0.5, ...first}));
  if (flatten) add(tfLayers.flatten());
  for (let i = 0; i < depth; i++) {
    const last = i === depth - 1;
    const units = last ? groups * (1 + random(9)) : groups * (2 + random(20));
    add(
      layers.logicGateLayer({
        units,
        gateInitializer: 'randomNormal',
        seed: 100 * seed + i,
        ...(last ? {} : {estimator: i % 2 === 0 ? 'decoupled' : 'softmax'}),
      }),
    );
    if (random(3) === 0) add(tfLayers.dropout({rate: 0.3}));
    if (!last && !image && random(3) === 0) add(tfLayers.reshape({targetShape: [1, units]}));
  }
  if (random(5) > 0) add(layers.groupSum({groups, temperature: [1, 3, 0.7][random(3)]!}));
  return {model, shape, features: shape.reduce((product, length) => product * length, 1)};
}

/** Features for it: bits where the model has no thermometer, and some that lie exactly on a threshold. */
export function randomBatch({model, features}: RandomModel, samples: number, seed: number): Float32Array {
  const random = generator(seed);
  const bits = model.layers.every((layer) => layer.getClassName() !== 'ThermometerEncoding');
  const exact = [0.5, 0.25, 0.75, -0.4, 0.1];
  return Float32Array.from({length: samples * features}, () => {
    if (bits) return random(2);
    return random(8) === 0 ? exact[random(5)]! : random(4001) / 2000 - 1;
  });
}

/** What `model.predict` answers, row by row. */
export function predict({model, shape}: RandomModel, batch: Float32Array): Float32Array {
  const samples = batch.length / shape.reduce((product, length) => product * length, 1);
  const x = tensor(batch, [samples, ...shape]);
  const y = model.predict(x, {batchSize: 1024}) as Tensor;
  const values = y.dataSync() as Float32Array;
  x.dispose();
  y.dispose();
  return values.slice();
}

/** Random gates without a model. */
export function randomCircuit(
  seed: number,
  {features = 6, bits = 9, gates = 40, scores = 3, temperature = 1}: Partial<Record<string, number>> = {},
): Circuit {
  const random = generator(seed);
  const signals = bits + gates;
  const parts: CircuitParts = {
    featureType: 'float32',
    featureNames: Array.from({length: features}, (_, i) => `x${i}`),
    bits: {
      feature: Int32Array.from({length: bits}, (_, i) => (i < features ? i : random(features))),
      threshold: Float32Array.from({length: bits}, (_, i) => (i < features ? 0.5 : random(20) / 20)),
    },
    gates: {
      id: Uint8Array.from({length: gates}, () => random(16)),
      a: Int32Array.from({length: gates}, (_, i) => random(bits + i)),
      b: Int32Array.from({length: gates}, (_, i) => random(bits + i)),
    },
    scores: Array.from({length: scores}, (_, i) => ({
      name: `score${i}`,
      signals: Int32Array.from({length: 1 + random(12)}, () => random(signals)),
      offset: random(3),
    })),
    temperature,
  };
  return new Circuit(parts);
}
