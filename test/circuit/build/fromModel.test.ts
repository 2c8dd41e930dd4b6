import {memory, tensor} from '@tensorflow/tfjs-core';
import {sequential, layers as tfLayers} from '@tensorflow/tfjs-layers';
import {expect, it} from 'vitest';
import {Circuit} from '../../../src/circuit/index.js';
import {layers} from '../../../src/index.js';
import {predict, randomBatch, randomModel} from '../support.js';

const gates = (units: number) => layers.logicGateLayer({units, gateInitializer: 'randomNormal', seed: 1});

it('leaves no tensor behind, also when the model cannot be a circuit', async () => {
  const {model} = randomModel(1);
  const bad = sequential({
    layers: [layers.logicGateLayer({units: 4, inputShape: [3]}), tfLayers.dense({name: 'head', units: 2})],
  });
  const before = memory().numTensors;
  Circuit.fromModel(model);
  await Circuit.fromModelAsync(model);
  expect(() => Circuit.fromModel(bad)).toThrow(
    "Circuit.fromModel: `model.layers[1] ('head')` must be one of InputLayer, Dropout, Flatten, Reshape, " +
      "ThermometerEncoding, LogicGateLayer, GroupSum, or left out by `lastLayer: '",
  );
  expect(memory().numTensors).toBe(before);
});

it('reads weights asynchronously to the same circuit', async () => {
  const {model} = randomModel(2);
  expect((await Circuit.fromModelAsync(model)).toJSON()).toEqual(Circuit.fromModel(model).toJSON());
});

it('ends with the layer that is asked for', () => {
  const model = sequential({
    layers: [
      layers.logicGateLayer({units: 4, gateInitializer: 'randomNormal', inputShape: [3], seed: 2}),
      layers.groupSum({groups: 2, name: 'sum'}),
      tfLayers.softmax(),
    ],
  });
  const circuit = Circuit.fromModel(model, {lastLayer: 'sum', scoreNames: ['cat', 'dog']});
  expect(circuit.scores.map(({name, signals}) => [name, signals.length])).toEqual([
    ['cat', 2],
    ['dog', 2],
  ]);
  expect(() => Circuit.fromModel(model)).toThrow('left out by `lastLayer: \'sum\'`, got "Softmax"');
  expect(() => Circuit.fromModel(model, {lastLayer: 'nothing'})).toThrow("`lastLayer` must be one of '");
});

it('takes a binarization of its own where the model has none', () => {
  const model = sequential({layers: [tfLayers.inputLayer({inputShape: [5]}), gates(9)]});
  const circuit = Circuit.fromModel(model, {threshold: 128});
  const bits = Float32Array.from({length: 50}, (_, i) => (i * 7) % 2);
  const bytes = bits.map((bit) => (bit === 1 ? 129 : 128));
  const shape = [5];
  expect(circuit.evaluate(bytes)).toEqual(predict({model, shape, features: 5}, bits));
});

it('uses thresholds of each feature that were adapted to data', async () => {
  const encoding = layers.thermometerEncoding({thresholds: 3, spacing: 'quantile', perFeature: true});
  const data = tensor([
    [0, 10, -5],
    [1, 20, 5],
    [2, 40, 7],
    [9, 80, 7.5],
  ]);
  const model = sequential({layers: [tfLayers.inputLayer({inputShape: [3]}), encoding, gates(12)]});
  expect(() => Circuit.fromModel(model)).toThrow('must be adapted to data before use with quantiles, got 3');
  await encoding.adapt(data);
  const batch = Float32Array.from({length: 300}, (_, i) => ((i * 37) % 101) - 10);
  expect(Circuit.fromModel(model).evaluate(batch)).toEqual(predict({model, shape: [3], features: 3}, batch));
});

it('puts the same gates at every position of an image', () => {
  const network = randomModel(3);
  expect(network.shape.length).toBe(3);
  const batch = randomBatch(network, 40, 1);
  expect(Circuit.fromModel(network.model).evaluate(batch)).toEqual(predict(network, batch));
});

it.each([
  [{}, '`model` must be a tf.sequential, got {}'],
  [sequential(), '`model` must be built'],
])('rejects what is not a built tf.sequential: %#', (model, message) => {
  expect(() => Circuit.fromModel(model as never)).toThrow(message);
});

it('rejects gates and encodings after GroupSum, naming both layers', () => {
  const model = sequential({
    layers: [
      layers.groupSum({groups: 2, name: 'sum', inputShape: [4]}),
      layers.logicGateLayer({units: 4, name: 'late'}),
    ],
  });
  expect(() => Circuit.fromModel(model)).toThrow(
    "`model.layers[1] ('late')` must be Dropout, Flatten or Reshape after GroupSum 'sum', got \"LogicGateLayer\"",
  );
});

it('rejects names that do not fit', () => {
  const {model} = randomModel(1);
  expect(() => Circuit.fromModel(model, {scoreNames: ['one']})).toThrow('`scoreNames` must be a list of');
  expect(() => Circuit.fromModel(model, {threshold: Number.NaN})).toThrow(
    '`threshold` must be a finite number',
  );
});
