import {type Tensor, tensor} from '@tensorflow/tfjs-core';
import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import {loadDataset} from '../../examples/mnist/data/datasets.js';

const data = await loadDataset('mnist', 1000);
const imagesOf = ({pixels, count}: typeof data.train): Tensor =>
  tensor(
    Float32Array.from(pixels, (byte) => byte / 255),
    [count, 784],
  );
const labelsOf = ({labels, count}: typeof data.train): Tensor =>
  tensor(
    Array.from(labels, (label) => Array.from({length: 10}, (_, digit) => (digit === label ? 1 : 0))),
    [count, 10],
  );

describe('a logic-gate network at the defaults', () => {
  // The runs repeat exactly and end at 59.1, 59.6 and 56.9 %; chance is 10 %.
  it.each([1, 2, 6])('of depth %i learns 1,000 digits with Adam by name', async (depth) => {
    const model = sequential();
    model.add(layers.thermometerEncoding({thresholds: 3, inputShape: [784]}));
    for (let layer = 0; layer < depth; layer++) model.add(layers.logicGateLayer({units: 1000, seed: 1}));
    model.add(layers.groupSum({groups: 10}));
    model.add(keras.softmax());
    model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']});
    const [x, y] = [imagesOf(data.train), labelsOf(data.train)];
    await model.fit(x, y, {epochs: 5, shuffle: false, verbose: 0});
    const [, accuracy] = model.evaluate(imagesOf(data.test), labelsOf(data.test)) as Tensor[];
    expect(accuracy!.dataSync()[0]).toBeGreaterThan(0.5);
  });
});
