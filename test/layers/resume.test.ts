import {memory, type Optimizer, type Tensor, train, type Variable} from '@tensorflow/tfjs-core';
import {
  model as functionalModel,
  input,
  layers as keras,
  type LayersModel,
  sequential,
} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {describe, expect, it, vi} from 'vitest';
import {resumeExactly} from '../../src/callbacks/resumeExactly.js';
import {SAVING_TRIPS, type SavingTrip} from '../support/saving.js';
import {dense} from '../support/subjects.js';
import {uniformTensor, weightsOf} from '../support/values.js';

const OPTIMIZERS: Record<string, () => Optimizer> = {
  sgd: () => train.sgd(0.05),
  momentum: () => train.momentum(0.02, 0.9),
  rmsprop: () => train.rmsprop(0.01),
  adam: () => train.adam(0.01),
};

/** Batches of 8 out of 64 samples: four epochs are 32 steps. */
const x = uniformTensor([64, 4], -1, 1, 5);
const y = uniformTensor([64, 1], -1, 1, 6);
const fourEpochs = async (model: LayersModel) => {
  const args = {batchSize: 8, epochs: 4, shuffle: false, verbose: 0} as const;
  return (await model.fit(x, y, args)).history;
};

/** Binary, categorical and gate units, and the layers without samples. */
function everything(): LayersModel {
  return sequential({
    layers: [
      dense({units: 8, inputShape: [4], seed: 1}),
      layers.stochasticBinary({seed: 3, forwardTemperature: 0.5}),
      dense({units: 6, seed: 2}),
      layers.decoupledCategorical({seed: 3, categories: 3, backwardTemperature: 2}),
      layers.logicGateLayer({seed: 3, units: 8, gateInitializer: 'randomNormal'}),
      layers.groupSum({groups: 4, temperature: 2}),
      dense({units: 1, seed: 4}),
    ],
  });
}

function compile(model: LayersModel, optimizer: string): LayersModel {
  model.compile({loss: 'meanSquaredError', optimizer: OPTIMIZERS[optimizer]!(), metrics: ['mse']});
  return model;
}

const CASES = Object.keys(OPTIMIZERS).flatMap((optimizer) =>
  Object.entries(SAVING_TRIPS).map(([way, trip]) => ({optimizer, way, trip})),
);

describe('save, load and continue', () => {
  it.each(CASES)('equals an uninterrupted run with $optimizer, through a $way', async ({optimizer, trip}) => {
    const stayed = compile(everything(), optimizer);
    const left = compile(everything(), optimizer);
    expect(await fourEpochs(left)).toEqual(await fourEpochs(stayed));
    const returned = await trip(left, true);
    resumeExactly(returned);
    expect(await fourEpochs(returned)).toEqual(await fourEpochs(stayed));
    expect(weightsOf(returned)).toEqual(weightsOf(stayed));
  });

  it('continues a continued run', async () => {
    const stayed = compile(everything(), 'adam');
    let travelling = compile(everything(), 'adam');
    for (let part = 0; part < 3; part++) {
      expect(await fourEpochs(travelling)).toEqual(await fourEpochs(stayed));
      travelling = await SAVING_TRIPS.memory!(travelling, true);
      resumeExactly(travelling);
    }
    expect(weightsOf(travelling)).toEqual(weightsOf(stayed));
  });

  it('brings optimizer, loss and metrics back without compile', async () => {
    const model = compile(everything(), 'adam');
    await fourEpochs(model);
    const loaded = await SAVING_TRIPS.memory!(model, true);
    expect(loaded.optimizer.iterations).toBe(32);
    expect(Object.keys(await fourEpochs(loaded)).sort()).toEqual(['loss', 'mse']);
    expect(loaded.optimizer.iterations).toBe(64);
  });

  it('starts with a fresh optimizer, but continues its random stream, when saved without one', async () => {
    const model = compile(everything(), 'sgd');
    await fourEpochs(model);
    const loaded = await SAVING_TRIPS.memory!(model);
    expect(loaded.optimizer).toBeUndefined();
    compile(loaded, 'sgd'); // sgd keeps nothing that matters
    expect(await fourEpochs(loaded)).toEqual(await fourEpochs(model));
  });

  it('holds for a model saved before its first step, its layers made in any order', async () => {
    const branches = (trip?: SavingTrip) => {
      const late = layers.stochasticBinary({seed: 5});
      const early = layers.stochasticBinary({seed: 5});
      const symbol = input({shape: [4]});
      const hidden = early.apply(dense({units: 6, seed: 1}).apply(symbol));
      const outputs = dense({units: 1, seed: 3}).apply(
        late.apply(dense({units: 6, seed: 2}).apply(hidden)),
      ) as never;
      const model = compile(functionalModel({inputs: symbol, outputs}), 'sgd');
      return trip === undefined ? model : trip(model, true);
    };
    const [stayed, returned] = [await branches(), await branches(SAVING_TRIPS.memory)];
    expect(await fourEpochs(returned)).toEqual(await fourEpochs(stayed));
  });
});

describe('resumeExactly', () => {
  it('sets the powers of beta to their float32 products', async () => {
    const model = compile(everything(), 'adam');
    await fourEpochs(model);
    const loaded = await SAVING_TRIPS.memory!(model, true);
    const tensors = memory().numTensors;
    resumeExactly(loaded);
    expect(memory().numTensors).toBe(tensors);
    const powers = ({optimizer}: LayersModel) => {
      const {accBeta1, accBeta2} = optimizer as unknown as Record<string, Tensor>;
      return [accBeta1!.dataSync()[0], accBeta2!.dataSync()[0]];
    };
    expect(powers(loaded)).toEqual(powers(model));
    const roundings = 33 * 2 ** -23; // at most one unit in the last place a product
    const [first, second] = powers(loaded);
    expect(Math.abs(first! / 0.9 ** 33 - 1)).toBeLessThan(roundings);
    expect(Math.abs(second! / 0.999 ** 33 - 1)).toBeLessThan(roundings);
  });

  it('leaves other optimizers alone', () => {
    for (const optimizer of [train.sgd(0.1), train.adamax(0.1), train.rmsprop(0.1)]) {
      const model = sequential({layers: [keras.dense({units: 1, inputShape: [1]})]});
      model.compile({loss: 'meanSquaredError', optimizer});
      const tensors = memory().numTensors;
      const before = {...optimizer};
      resumeExactly(model);
      expect({...optimizer}).toEqual(before);
      expect(memory().numTensors).toBe(tensors);
    }
  });

  it('throws if the model has no optimizer', () => {
    const model = sequential({layers: [keras.dense({units: 1, inputShape: [1]})]});
    expect(() => resumeExactly(model)).toThrow('resumeExactly: `model` must be a model with an optimizer');
  });
});

it('resumeExactly ends where the powers of beta no longer change, whatever number of steps a file claims', () => {
  const model = sequential({layers: [dense({units: 1, inputShape: [1], seed: 1})]});
  const optimizer = train.adam(0.01);
  model.compile({optimizer, loss: 'meanSquaredError'});
  const {accBeta1, accBeta2} = optimizer as unknown as {accBeta1: Variable; accBeta2: Variable};
  const powers = (iterations: number) => {
    (optimizer as unknown as {iterations_: number}).iterations_ = iterations;
    resumeExactly(model);
    return [accBeta1, accBeta2].map((power) => power.dataSync()[0]!);
  };
  const round = vi.spyOn(Math, 'fround');
  const last = powers(2 ** 31);
  expect(round.mock.calls.length).toBeLessThan(2e5); // 0.999^n changes for 103,000 steps, then is the least float32
  round.mockRestore();
  expect(last).toEqual(powers(2 ** 20));
  const direct = Array.from({length: 8}).reduce<number>((power) => Math.fround(power * Math.fround(0.9)), 1);
  expect(powers(7)[0]).toBe(direct);
});
