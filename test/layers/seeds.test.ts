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

  it('runs the same with the same seed, and differently with another', async () => {
    const first = await fitted(3);
    expect(await fitted(3)).toEqual(first);
    expect((await fitted(4)).history).not.toEqual(first.history);
  });

  it('samples differently from its neighbour with the same seed', () => {
    const [one, other] = sampled(branches(make({evaluation: 'sample'}), make({evaluation: 'sample'})));
    expect(numbersOf(one!)).not.toEqual(numbersOf(other!));
  });

  it('is identified by its name when it stands alone', () => {
    const sample = (name: string) => training(make({name}));
    expect(sample('one')).toEqual(sample('one'));
    expect(sample('other')).not.toEqual(sample('one'));
  });

  it('samples anew at each call', () => {
    const layer = make();
    expect(training(layer)).not.toEqual(training(layer));
  });

  it('learns the same whether or not it validates by samples in between', async () => {
    const trained = async (validates: boolean) => {
      const model = modelAround(subject, make({evaluation: 'sample'}));
      model.compile({loss: 'meanSquaredError', optimizer: 'adam'});
      const validation = validates ? {validationData: [x, y] as [Tensor, Tensor]} : {};
      const {history} = await model.fit(x, y, {
        batchSize: 8,
        epochs: 3,
        shuffle: false,
        verbose: 0,
        ...validation,
      });
      return {loss: history.loss, weights: weightsOf(model)};
    };
    expect(await trained(true)).toEqual(await trained(false));
  });

  it('samples differently in evaluation and in training', () => {
    const [trains, evaluates] = [make({name: 'same'}), make({name: 'same', evaluation: 'sample'})];
    expect(numbersOf(evaluates.apply(x) as Tensor)).not.toEqual(training(trains));
  });

  it('continues where it stopped after saving and loading', async () => {
    const model = modelAround(subject, make({evaluation: 'sample'}));
    predictions(model, x);
    const loaded = await SAVING_TRIPS.memory!(model);
    for (let call = 0; call < 3; call++) expect(predictions(loaded, x)).toEqual(predictions(model, x));
  });
});

describe('a seed', () => {
  const binary = (seed?: number) =>
    layers.stochasticBinary({name: 'bits', ...(seed === undefined ? {} : {seed})});

  it('uses all bits of the number', () => {
    const samples = [1, 2, -1, 1 + 2 ** 32, 1 + 2 ** 33, Number.MAX_SAFE_INTEGER].map((seed) =>
      training(binary(seed)).join(''),
    );
    expect(new Set(samples).size).toBe(samples.length);
    for (const weight of [0, 1]) {
      const starts = [1, 1 + 2 ** 32, 1 + 2 ** 33].map((seed) => {
        const gates = layers.logicGateLayer({units: 12, seed, gateInitializer: 'randomNormal'});
        gates.build([null, 6]);
        return gates.getWeights()[weight]!.dataSync().join();
      });
      expect(new Set(starts).size).toBe(starts.length);
    }
  });

  it('is random when left out, and saved anyway', () => {
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

  it('connects and initializes two logic-gate layers of one model differently', () => {
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

  describe.each([
    ['gate layers', () => layers.logicGateLayer({units: 12, seed: 1, gateInitializer: 'randomNormal'})],
    ['quantizers', () => layers.vectorQuantizer({codes: 5, seed: 1})],
  ])('in parallel branches on inputs of their own: %s', (_, make: () => Layer) => {
    const joined = (outputs: SymbolicTensor[]) =>
      outputs.length === 1 ? outputs[0]! : (keras.concatenate().apply(outputs) as SymbolicTensor);
    const grow = (count: number) => {
      const parts = Array.from({length: count}, make);
      const inputs = parts.map(() => input({shape: [6]}));
      const outputs = parts.map((part, i) => part.apply(inputs[i]!) as SymbolicTensor);
      return {parts, model: functionalModel({inputs, outputs: joined(outputs)})};
    };
    const startsOf = (parts: Layer[]) =>
      parts.map((part) => part.getWeights().map((weight) => [...weight.dataSync()].join()));

    it('are initialized with different weights', () => {
      const starts = startsOf(grow(3).parts);
      for (const weight of starts[0]!.keys()) {
        expect(new Set(starts.map((start) => start[weight])).size).toBe(3);
      }
    });

    it('are initialized the same when the model is built again, whichever layer is read first', () => {
      const [first, again] = [grow(3), grow(3)];
      again.parts[2]!.getWeights();
      expect(startsOf(again.parts)).toEqual(startsOf(first.parts));
    });

    it('are initialized the same whether weights are read first or predictions made', () => {
      const [read, used] = [grow(2), grow(2)];
      const start = startsOf(read.parts);
      const answer = (used.model.predict([x, x]) as Tensor).dataSync();
      expect(startsOf(used.parts)).toEqual(start);
      expect((read.model.predict([x, x]) as Tensor).dataSync()).toEqual(answer);
    });

    it('leave the first unchanged in a separate model', () => {
      expect(startsOf(grow(2).parts)[0]).toEqual(startsOf(grow(1).parts)[0]);
    });

    it('keep what was loaded', async () => {
      const {model, parts} = grow(2);
      parts[1]!.setWeights(parts[0]!.getWeights());
      const loaded = await SAVING_TRIPS.memory!(model);
      expect(weightsOf(loaded)).toEqual(weightsOf(model));
    });

    it('keep what was trained when they join a model later', () => {
      const [one, other] = [make(), make()];
      const inputs = [input({shape: [6]}), input({shape: [6]})];
      const outputs = [one, other].map((part, i) => part.apply(inputs[i]!) as SymbolicTensor);
      const alone = functionalModel({inputs: inputs[1]!, outputs: outputs[1]!});
      const before = predictions(alone, x);
      functionalModel({inputs, outputs: joined(outputs)});
      const [start, otherStart] = startsOf([one, other]);
      expect(start).not.toEqual(otherStart);
      expect(predictions(alone, x)).toEqual(before);
    });
  });
});
