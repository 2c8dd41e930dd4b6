import type {Tensor} from '@tensorflow/tfjs-core';
import {
  model as functionalModel,
  input,
  layers as keras,
  type LayersModel,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import {SAVING_TRIPS} from '../support/saving.js';
import {dense, type Layer, modelAround, SUBJECTS} from '../support/subjects.js';
import {numbersOf, predictions, uniformTensor, weightsOf} from '../support/values.js';

const RANDOM = SUBJECTS.filter(({random}) => random);
const x = uniformTensor([32, 6], 0, 1, 5);
const y = uniformTensor([32, 2], -1, 1, 6);

const training = (layer: Layer) => numbersOf(layer.apply(x, {training: true}) as Tensor);
const sampled = (model: LayersModel) => model.predict(x) as Tensor[];

/** A branch for each layer, all from the same input. */
function branches(...parts: Layer[]): LayersModel {
  const symbol = input({shape: [6]});
  return functionalModel({
    inputs: symbol,
    outputs: parts.map((part) => part.apply(symbol) as SymbolicTensor),
  });
}

describe.each(RANDOM)('$title', (subject) => {
  const {make} = subject;
  const fitted = async (seed: number) => {
    const model = modelAround(subject, make({seed}));
    model.compile({loss: 'meanSquaredError', optimizer: 'adam'});
    const {history} = await model.fit(x, y, {batchSize: 8, epochs: 3, shuffle: false, verbose: 0});
    return {history, weights: weightsOf(model)};
  };

  it('runs the same with the same seed, and otherwise with another', async () => {
    const first = await fitted(3);
    expect(await fitted(3)).toEqual(first);
    expect((await fitted(4)).history).not.toEqual(first.history);
  });

  it('draws otherwise than its neighbour with the same seed', () => {
    const [one, other] = sampled(branches(make({evaluation: 'sample'}), make({evaluation: 'sample'})));
    expect(numbersOf(one!)).not.toEqual(numbersOf(other!));
  });

  it('goes by its name when it stands alone', () => {
    const draw = (name: string) => training(make({name}));
    expect(draw('one')).toEqual(draw('one'));
    expect(draw('other')).not.toEqual(draw('one'));
  });

  it('draws anew at each call', () => {
    const layer = make();
    expect(training(layer)).not.toEqual(training(layer));
  });

  it('goes on where it stopped after saving and loading', async () => {
    const model = modelAround(subject, make({evaluation: 'sample'}));
    predictions(model, x);
    const loaded = await SAVING_TRIPS.memory!(model);
    for (let call = 0; call < 3; call++) expect(predictions(loaded, x)).toEqual(predictions(model, x));
  });
});

describe('a seed', () => {
  const binary = (seed?: number) =>
    layers.stochasticBinary({name: 'bits', ...(seed === undefined ? {} : {seed})});

  it('counts with all its bits', () => {
    const draws = [1, 2, -1, 1 + 2 ** 32, 1 + 2 ** 33, Number.MAX_SAFE_INTEGER].map((seed) =>
      training(binary(seed)).join(''),
    );
    expect(new Set(draws).size).toBe(draws.length);
    for (const weight of [0, 1]) {
      const starts = [1, 1 + 2 ** 32, 1 + 2 ** 33].map((seed) => {
        const gates = layers.logicGateLayer({units: 12, seed, gateInitializer: 'randomNormal'});
        gates.build([null, 6]);
        return gates.getWeights()[weight]!.dataSync().join();
      });
      expect(new Set(starts).size).toBe(starts.length);
    }
  });

  it('is a random one when left out, and saved all the same', () => {
    const layer = binary();
    const again = binary(layer.getConfig().seed as number);
    expect(binary().getConfig().seed).not.toBe(layer.getConfig().seed);
    expect(training(again)).toEqual(training(layer));
  });

  it('is the same run in a model that was built after others', () => {
    const build = () =>
      sequential({
        layers: [
          dense({units: 6, inputShape: [6], seed: 1}),
          layers.stochasticBinary({seed: 1, evaluation: 'sample'}),
          layers.logicGateLayer({units: 8, seed: 1, evaluation: 'sample'}),
        ],
      });
    const first = predictions(build(), x);
    layers.stochasticBinary();
    sequential({layers: [keras.dense({units: 1, inputShape: [1]})]});
    expect(predictions(build(), x)).toEqual(first);
  });

  it('is the same run within a wrapper for a layer of the same name', () => {
    const steps = uniformTensor([8, 4, 6], 0, 1, 5);
    const run = (name: string) => {
      const bits = layers.stochasticBinary({name, seed: 1, evaluation: 'sample'});
      return predictions(
        sequential({layers: [keras.timeDistributed({layer: bits, inputShape: [4, 6]})]}),
        steps,
      );
    };
    expect(run('one')).toEqual(run('one'));
    expect(run('other')).not.toEqual(run('one'));
  });

  it('wires and starts two logic-gate layers of one model differently', () => {
    const gates = () => layers.logicGateLayer({units: 12, seed: 1, gateInitializer: 'randomNormal'});
    const stacked = sequential({
      layers: [
        layers.logicGateLayer({units: 6, seed: 9, inputShape: [6]}),
        gates(),
        dense({units: 6, seed: 1}),
        gates(),
      ],
    });
    const [, one, , other] = stacked.layers.map((layer) => layer.getWeights().map((w) => [...w.dataSync()]));
    expect(one![0]).not.toEqual(other![0]);
    expect(one![1]).not.toEqual(other![1]);
    const [left, right] = branches(gates(), gates()).layers.slice(1);
    expect([...left!.getWeights()[1]!.dataSync()]).not.toEqual([...right!.getWeights()[1]!.dataSync()]);
  });
});
