import {env, memory, type Tensor, tensor, train} from '@tensorflow/tfjs-core';
import {input, sequential} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import type {ThermometerEncodingArgs} from '../../src/layers/index.js';
import {SAVING_TRIPS} from '../support/saving.js';
import {dense} from '../support/subjects.js';
import {inputGradient, numbersOf, predictions, uniformTensor} from '../support/values.js';

const make = (args: ThermometerEncodingArgs) => layers.thermometerEncoding(args);
const encode = (layer: ReturnType<typeof make>, rows: number[][]) =>
  numbersOf(layer.apply(tensor(rows)) as Tensor);
const thresholdsOf = (layer: ReturnType<typeof make>) => [...layer.getWeights()[0]!.dataSync()];

/** Two features on different scales, 0 to 4 and 0 to 40, unevenly spread. */
const data = [
  [0, 40],
  [1, 0],
  [4, 10],
  [0.5, 20],
  [0, 0],
];

describe('ThermometerEncoding', () => {
  it('sets a bit for each threshold below the number, side by side for each feature', () => {
    const layer = make({thresholds: [-1, 0, 2]});
    expect(
      encode(layer, [
        [-2, 1],
        [0, 3],
      ]),
    ).toEqual([0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1]);
  });

  it('spaces a number of thresholds evenly between 0 and 1 before `adapt`', () => {
    const layer = make({thresholds: 3});
    expect(
      encode(layer, [
        [0.2, 0.3],
        [0.6, 0.8],
      ]),
    ).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1]);
    expect(thresholdsOf(layer)).toEqual([0.25, 0.5, 0.75]);
  });

  it('keeps them as a weight that is not trained', () => {
    const layer = make({thresholds: 3, perFeature: true, name: 'bits'});
    layer.apply(input({shape: [2]}));
    expect(layer.weights.map(({originalName, shape, dtype}) => [originalName, shape, dtype])).toEqual([
      ['bits/thresholds', [2, 3], 'float32'],
    ]);
    expect(layer.trainableWeights).toEqual([]);
  });

  const PLACED = [
    // over the pooled numbers 0 to 40
    [{thresholds: 3}, [10, 20, 30]],
    [{thresholds: 1}, [20]],
    [{thresholds: 3, perFeature: true}, [1, 2, 3, 10, 20, 30]],
    // sorted: 0 0 0 0 0.5 1 4 10 20 40, at positions 2.25, 4.5 and 6.75
    [{thresholds: 3, spacing: 'quantile'}, [0, 0.75, 8.5]],
    // sorted: 0 0 0.5 1 4 and 0 0 10 20 40, at positions 1, 2 and 3
    [{thresholds: 3, spacing: 'quantile', perFeature: true}, [0, 0.5, 1, 0, 10, 20]],
  ] as const;

  it.each(PLACED)('fits thresholds to data with %j', async (args, expected) => {
    const [early, late] = [make(args), make(args)];
    expect(await early.adapt(tensor(data))).toBe(early);
    for (const layer of [early, late]) layer.build([null, 2]);
    await late.adapt(tensor(data));
    expect(thresholdsOf(early)).toEqual(expected);
    expect(thresholdsOf(late)).toEqual(expected);
  });

  it.each(PLACED)('saves what it adapted to with %j', async (args) => {
    const layer = await make({...args, inputShape: [2]}).adapt(tensor(data));
    const model = sequential({layers: [layer, dense({units: 1, seed: 1})]});
    const before = predictions(model, tensor(data));
    const loaded = await SAVING_TRIPS.folder!(model);
    expect(thresholdsOf(loaded.layers[0] as typeof layer)).toEqual(thresholdsOf(layer));
    expect(predictions(loaded, tensor(data))).toEqual(before);
  });

  it('adapts to data of any rank, and again', async () => {
    const layer = make({thresholds: 1});
    await layer.adapt(tensor([[[1], [3]]]));
    layer.build([null, 2, 1]);
    expect(thresholdsOf(layer)).toEqual([2]);
    await layer.adapt(tensor([1, 7], [2, 1], 'int32'));
    expect(thresholdsOf(layer)).toEqual([4]);
  });

  it('rejects data of other features than its input, before or after joining a model', async () => {
    const message = 'ThermometerEncoding: `data` must be of 2 features, like the input, got 3.';
    const [early, late] = [{}, {inputShape: [2]}].map((more) =>
      make({thresholds: 1, perFeature: true, ...more}),
    );
    sequential({layers: [late!]});
    await expect(late!.adapt(tensor([[1, 2, 3]]))).rejects.toThrow(message);
    expect(late!.getConfig()).toMatchObject({adapted: false});
    await early!.adapt(tensor([[1, 2, 3]]));
    expect(() => early!.apply(tensor([[1, 2]]))).toThrow(message);
  });

  it('leaves no tensor behind when it adapts', async () => {
    const x = tensor(data);
    const layer = make({thresholds: 2});
    const bare = memory().numTensors;
    await layer.adapt(x);
    expect(memory().numTensors).toBe(bare);
    layer.build([null, 2]);
    const built = memory().numTensors;
    await layer.adapt(x);
    expect(memory().numTensors).toBe(built);
  });

  it('requires `adapt` before use with quantiles', async () => {
    const layer = make({thresholds: 2, spacing: 'quantile'});
    expect(() => encode(layer, [[1]])).toThrow(
      'ThermometerEncoding: `thresholds` must be fitted by `adapt` before use with quantiles, got 2.',
    );
    await layer.adapt(tensor([[0], [3]]));
    expect(encode(layer, [[1.5]])).toEqual([1, 0]);
    expect(encode(make({thresholds: [1], spacing: 'quantile'}), [[2]])).toEqual([1]);
  });

  it.each([
    [[1, 2], [[1]], 'ThermometerEncoding: `thresholds` must be a number for `adapt` to fit them, got [1,2].'],
    [2, [[Number.NaN]], 'ThermometerEncoding: `data` must be finite numbers, at least one, got NaN.'],
    [
      2,
      [[Number.POSITIVE_INFINITY]],
      'ThermometerEncoding: `data` must be finite numbers, at least one, got Infinity.',
    ],
    [2, [], 'ThermometerEncoding: `data` must be finite numbers, at least one, got [].'],
  ])('throws when %j adapts to %j', async (thresholds, rows, message) => {
    const x = rows.length === 0 ? tensor([], [0, 1]) : tensor(rows);
    await expect(make({thresholds}).adapt(x)).rejects.toThrow(message);
  });

  it('rejects NaN in development; in production its bits are NaN, never 0', () => {
    const layer = make({thresholds: [-1, 0]});
    const rows = [[Number.NaN, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]];
    expect(() => encode(layer, rows)).toThrow('ThermometerEncoding: `inputs` must be numbers, got NaN.');
    env().set('PROD', true);
    try {
      expect(encode(layer, rows)).toEqual([Number.NaN, Number.NaN, 1, 0, 1, 1, 0, 0]);
    } finally {
      env().set('PROD', false);
    }
  });

  it('says that it has no gradient when one is asked for', async () => {
    const layer = make({thresholds: [0]});
    const x = uniformTensor([2, 3], -1, 1, 1);
    const message = 'ThermometerEncoding: it has no gradient; put trainable layers after it.';
    expect(() => inputGradient(layer, x, x, true)).toThrow(message);
    const model = sequential({
      layers: [
        dense({units: 3, inputShape: [3], seed: 1}),
        make({thresholds: [0]}),
        dense({units: 1, seed: 2}),
      ],
    });
    model.compile({loss: 'meanSquaredError', optimizer: train.sgd(0.1)});
    await expect(model.fit(x, uniformTensor([2, 1], 0, 1, 1), {verbose: 0})).rejects.toThrow(message);
  });
});
