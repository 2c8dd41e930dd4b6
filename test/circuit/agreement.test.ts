import {getBackend} from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {Circuit} from '../../src/circuit/index.js';
import {generator, predict, randomBatch, randomModel} from './support.js';

/** Of the four, only predict depends on the backend. */
const NETWORKS = Array.from({length: getBackend() === 'cpu' ? 100 : 20}, (_, seed) => seed + 1);

it.each(NETWORKS)(
  'predict, JavaScript, WebAssembly with vectors and without agree on every bit: random network %i',
  async (seed) => {
    const network = randomModel(seed);
    const circuit = Circuit.fromModel(network.model);
    const [vectors, words] = [await circuit.compile({simd: true}), await circuit.compile({simd: false})];
    for (const samples of [1, 127, 128, 129]) {
      const batch = randomBatch(network, samples, seed);
      const expected = predict(network, batch);
      expect(circuit.evaluate(batch)).toEqual(expected);
      expect(vectors.evaluate(batch)).toEqual(expected);
      expect(words.evaluate(batch)).toEqual(expected);
    }
    network.model.dispose();
  },
);

it.each(NETWORKS.filter((seed) => seed % 5 === 0))(
  'the same holds of circuits of bytes: random network %i',
  async (seed) => {
    const network = randomModel(seed);
    const circuit = Circuit.fromModel(network.model);
    // Without a thermometer, predict is about bits only.
    const [divisor, end] = circuit.bits.threshold.every((threshold) => threshold === 0.5)
      ? [1, 2]
      : [100, 128];
    const ofBytes = circuit.forBytes({divisor});
    const random = generator(seed);
    const bytes = Uint8Array.from({length: 600 * circuit.features}, () => random(end));
    const expected = predict(
      network,
      Float32Array.from(bytes, (byte) => byte / divisor),
    );
    expect(ofBytes.evaluate(bytes)).toEqual(expected);
    expect((await ofBytes.compile({simd: true})).evaluate(bytes)).toEqual(expected);
    expect((await ofBytes.compile({simd: false})).evaluate(bytes)).toEqual(expected);
    network.model.dispose();
  },
);

it.each([3, 4, 5, 6])('and on 10,000 samples: random network %i', async (seed) => {
  const network = randomModel(seed);
  const circuit = Circuit.fromModel(network.model);
  const batch = randomBatch(network, 10_000, seed);
  const expected = predict(network, batch);
  expect(circuit.evaluate(batch)).toEqual(expected);
  expect((await circuit.compile({simd: true})).evaluate(batch)).toEqual(expected);
  expect((await circuit.compile({simd: false})).evaluate(batch)).toEqual(expected);
  network.model.dispose();
});
