import {concat, type Tensor, tensor, train} from '@tensorflow/tfjs-core';
import {
  model as functionalModel,
  input,
  layers as keras,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import type {LogicGateLayer, LogicGateLayerArgs} from '../../src/layers/index.js';
import {expectFrequency, expectRows, meanAndError, rowsOf, softmaxOf} from '../support/expectations.js';
import {SAVING_TRIPS} from '../support/saving.js';
import {dense} from '../support/subjects.js';
import {inputGradient, numbersOf, predictions, repeatedRow, uniformTensor} from '../support/values.js';

/** The same name and seed: the same connections and the same samples. */
const make = (args: LogicGateLayerArgs) => layers.logicGateLayer({seed: 1, name: 'gates', ...args});

function built(args: LogicGateLayerArgs, inputs: number): LogicGateLayer {
  const layer = make(args);
  layer.build([null, inputs]);
  return layer;
}

const gatesOf = (layer: LogicGateLayer) => rowsOf(layer.getWeights()[0]!.dataSync(), 16);
const wiresOf = (layer: LogicGateLayer) => rowsOf(layer.getWeights()[1]!.dataSync(), 2) as [number, number][];
const bits = (shape: number[], seed: number) => {
  const u = uniformTensor(shape, 0, 1, seed);
  return tensor([...u.dataSync()].map(Math.round), shape);
};
/** Gate `id` at bits a, b, read off the id's binary digits. */
const gateOutput = (id: number, a: number, b: number) => Number(id.toString(2).padStart(4, '0')[2 * a + b]);
const evaluated = (layer: LogicGateLayer, x: Tensor) => numbersOf(layer.apply(x) as Tensor);
const trained = (layer: LogicGateLayer, x: Tensor) => numbersOf(layer.apply(x, {training: true}) as Tensor);

/** One unit a gate, on inputs a and b. */
function allGates(args: Partial<LogicGateLayerArgs> = {}): LogicGateLayer {
  const layer = built({units: 16, ...args}, 2);
  const logits = Array.from({length: 16}, (_, unit) =>
    Array.from({length: 16}, (_, id) => Number(id === unit) * 40),
  );
  layer.setWeights([
    tensor(logits),
    tensor(
      Array.from({length: 16}, () => [0, 1]),
      [16, 2],
      'int32',
    ),
  ]);
  return layer;
}

describe('the weights of LogicGateLayer', () => {
  it('are the gates, which train, and the connections, which do not', () => {
    const layer = make({units: 5});
    layer.apply(input({shape: [7]}));
    expect(layer.weights.map(({originalName, shape, dtype}) => [originalName, shape, dtype])).toEqual([
      ['gates/gates', [5, 16], 'float32'],
      ['gates/connections', [5, 2], 'int32'],
    ]);
    expect(layer.trainableWeights.map(({originalName}) => originalName)).toEqual(['gates/gates']);
    expect(layer.nonTrainableWeights.map(({originalName}) => originalName)).toEqual(['gates/connections']);
  });

  it('all stay, while the gradient passes, when the layer is not trainable', async () => {
    const build = (trainable: boolean) => {
      const model = sequential({
        layers: [
          dense({units: 6, inputShape: [3], activation: 'sigmoid', seed: 1}),
          make({units: 8, trainable}),
          dense({units: 1, seed: 2}),
        ],
      });
      model.compile({loss: 'meanSquaredError', optimizer: train.sgd(0.5)});
      return model;
    };
    for (const trainable of [true, false]) {
      const model = build(trainable);
      const [before, kernel] = [model.layers[1]!, model.layers[0]!].map((layer) => [
        ...layer.getWeights()[0]!.dataSync(),
      ]);
      await model.fit(uniformTensor([8, 3], -1, 1, 1), uniformTensor([8, 1], 3, 4, 2), {
        epochs: 3,
        verbose: 0,
      });
      expect(model.trainableWeights).toHaveLength(trainable ? 5 : 4);
      expect([...model.layers[0]!.getWeights()[0]!.dataSync()]).not.toEqual(kernel);
      if (trainable) expect([...model.layers[1]!.getWeights()[0]!.dataSync()]).not.toEqual(before);
      else expect([...model.layers[1]!.getWeights()[0]!.dataSync()]).toEqual(before);
    }
  });

  it.each(Object.keys(SAVING_TRIPS))('come back from a %s unchanged, connections included', async (way) => {
    const model = sequential({layers: [make({units: 6, inputShape: [9]})]});
    const own = Array.from({length: 6}, (_, unit) => [unit + 3, unit]);
    const gates = uniformTensor([6, 16], -1, 1, 3);
    model.layers[0]!.setWeights([gates, tensor(own, [6, 2], 'int32')]);
    const loaded = await SAVING_TRIPS[way]!(model);
    const layer = loaded.layers[0] as LogicGateLayer;
    expect(wiresOf(layer)).toEqual(own);
    expect(layer.getWeights()[1]!.dtype).toBe('int32');
    expect(gatesOf(layer).flat()).toEqual([...gates.dataSync()]);
    const x = bits([20, 9], 4);
    expect(predictions(loaded, x)).toEqual(predictions(model, x));
  });
});

describe('connections', () => {
  it.each([
    [12, 40],
    [64, 16],
    [7, 100],
  ])('random: %i inputs serve %i units evenly, two different ones each', (inputs, units) => {
    const wires = wiresOf(built({units}, inputs));
    const readers = Array.from(
      {length: inputs},
      (_, index) => wires.flat().filter((wire) => wire === index).length,
    );
    expect(Math.max(...readers) - Math.min(...readers)).toBeLessThanOrEqual(1);
    expect(wires.every(([a, b]) => a !== b)).toBe(true);
  });

  it.each([
    [8, 28],
    [8, 9],
    [40, 60],
  ])('unique: no two of the units on %i inputs read the same pair, %i units', (inputs, units) => {
    const wires = wiresOf(built({units, connections: 'unique'}, inputs));
    const pairs = wires.map(([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`);
    expect(new Set(pairs).size).toBe(units);
    expect(wires.every(([a, b]) => a !== b && Math.min(a, b) >= 0 && Math.max(a, b) < inputs)).toBe(true);
    expect(new Set(wires.flat()).size).toBe(inputs);
  });

  it('balanced: every input of 40 is read three times by 60 units, and no pair twice', () => {
    const wires = wiresOf(built({units: 60, connections: 'balanced'}, 40));
    for (let input = 0; input < 40; input++)
      expect(wires.flat().filter((wire) => wire === input)).toHaveLength(3);
    expect(new Set(wires.map(([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`)).size).toBe(60);
    expect(wires.every(([a, b]) => a !== b)).toBe(true);
  });

  it.each(['random', 'unique', 'balanced'] as const)('%s: follows from the seed', (connections) => {
    const wires = (seed: number) => wiresOf(built({units: 20, connections, seed}, 20));
    expect(wires(1)).toEqual(wires(1));
    expect(wires(2)).not.toEqual(wires(1));
  });
});

describe('initial gates', () => {
  const RESIDUAL = [0.6, 0.99, 0.999];

  it.each(RESIDUAL)(
    'residual, %f: the gates that agree with the first input add up to it at the forward temperature',
    (residualProbability) => {
      const forwardTemperature = 0.3;
      for (const row of gatesOf(built({units: 3, residualProbability, forwardTemperature}, 4))) {
        const probs = softmaxOf(row.map((logit) => logit / forwardTemperature));
        for (const [a, b] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ] as const) {
          const agreeing = probs
            .filter((_, id) => gateOutput(id, a, b) === a)
            .reduce((total, p) => total + p, 0);
          expect(Math.abs(agreeing - residualProbability)).toBeLessThan(1e-6); // float32 logits below 10
        }
      }
    },
  );

  it.each(RESIDUAL)(
    'residual, %f: a new unit repeats its first input with that probability',
    (residualProbability) => {
      const [units, inputs, calls] = [2000, 50, 5];
      const layer = make({units, residualProbability});
      let repeats = 0;
      for (let call = 0; call < calls; call++) {
        const x = bits([1, inputs], call);
        const values = x.dataSync();
        const y = trained(layer, x);
        repeats += wiresOf(layer).filter(([a], unit) => values[a] === y[unit]).length;
      }
      expectFrequency(repeats, units * calls, residualProbability);
    },
  );

  it('is 0.99 by default', () => {
    expect(gatesOf(built({units: 2}, 4))).toEqual(gatesOf(built({units: 2, residualProbability: 0.99}, 4)));
  });

  it('randomNormal: standard normal, each logit by itself', () => {
    const logits = gatesOf(built({units: 2001, gateInitializer: 'randomNormal'}, 100)).flat();
    const n = logits.length;
    const standardised = (power: number, moment: number, spread: number) => {
      const {mean} = meanAndError(logits.map((x) => x ** power));
      expect(Math.abs(mean - moment)).toBeLessThan(4 * Math.sqrt(spread / n));
    };
    standardised(1, 0, 1);
    standardised(2, 1, 2);
    standardised(3, 0, 15);
    standardised(4, 3, 96);
    for (const lag of [1, 2, 16]) {
      const products = logits.slice(lag).map((x, i) => x * logits[i]!);
      expect(Math.abs(meanAndError(products).mean)).toBeLessThan(4 / Math.sqrt(n - lag));
    }
  });
});

describe('LogicGateLayer', () => {
  const tableRows = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);

  it.each([true, false])('computes all 16 gates for all truth-table rows, training: %s', (training) => {
    const expected = [0, 1, 2, 3].flatMap((tableRow) =>
      Array.from({length: 16}, (_, id) => gateOutput(id, tableRow >> 1, tableRow & 1)),
    );
    const layer = allGates();
    expect(training ? trained(layer, tableRows) : evaluated(layer, tableRows)).toEqual(expected);
  });

  it('names the mode of the gates of each unit', () => {
    const ids = allGates().gateModes();
    expect(ids.dtype).toBe('int32');
    expect(numbersOf(ids)).toEqual(Array.from({length: 16}, (_, id) => id));
  });

  it('samples gate k of a unit with probability softmax(gates / forwardTemperature)[k], once for the batch', () => {
    const units = 20_000;
    const layer = built({units, forwardTemperature: 2, backwardTemperature: 0.3}, 2);
    const logits = Array.from({length: 16}, (_, id) => id / 4 - 2);
    const wires = tensor(
      Array.from({length: units}, () => [0, 1]),
      [units, 2],
      'int32',
    );
    layer.setWeights([repeatedRow(logits, units), wires]);
    const sampled = rowsOf(trained(layer, concat([tableRows, tableRows])), units);
    expect(sampled.slice(4)).toEqual(sampled.slice(0, 4));
    const ids = sampled[0]!.map((_, unit) =>
      [0, 1, 2, 3].reduce((id, tableRow) => 2 * id + sampled[tableRow]![unit]!, 0),
    );
    softmaxOf(logits, 2).forEach((p, id) => {
      expectFrequency(ids.filter((each) => each === id).length, units, p);
    });
  });

  it.each([2, 3, 4])('treats positions of a batch of rank %i like samples', (rank) => {
    const shape = [2, 3, 2].slice(0, rank - 1);
    const x = uniformTensor([...shape, 8], 0, 1, 5);
    const flat = tensor(x.dataSync(), [x.size / 8, 8]);
    const args = {units: 12, gateInitializer: 'randomNormal'} as const;
    expect(evaluated(make(args), x)).toEqual(evaluated(make(args), flat));
    expect(trained(make(args), x)).toEqual(trained(make(args), flat));
  });

  it('multiplies the gradient of its inputs, and of nothing else, by gradientFactor', async () => {
    const x = uniformTensor([6, 8], 0, 1, 5);
    const dy = uniformTensor([6, 12], -1, 1, 6);
    const args = {units: 12, gateInitializer: 'randomNormal'} as const;
    const dx = (gradientFactor: number) => inputGradient(make({...args, gradientFactor}), x, dy, true);
    expect(dx(4)).toEqual(dx(1).map((value) => 4 * value));
    expect(dx(1).some((value) => value !== 0)).toBe(true);
    const gatesAfterOneStep = async (gradientFactor: number) => {
      const model = sequential({layers: [make({...args, gradientFactor, inputShape: [8]})]});
      model.compile({loss: 'meanSquaredError', optimizer: train.sgd(0.5)});
      await model.trainOnBatch(x, dy);
      return [...model.getWeights()[0]!.dataSync()];
    };
    expect(await gatesAfterOneStep(4)).toEqual(await gatesAfterOneStep(1));
  });

  it('trains its gates by J(backwardTemperature) of what each gate would have output', async () => {
    const [rows, units, inputs, rate] = [6, 4, 5, 0.5];
    const x = uniformTensor([rows, inputs], 0, 1, 7);
    const y = uniformTensor([rows, units], -1, 1, 8);
    const args = {
      units,
      gateInitializer: 'randomNormal',
      forwardTemperature: 2,
      backwardTemperature: 0.6,
    } as const;
    const model = sequential({layers: [make({...args, inputShape: [inputs]})]});
    const layer = model.layers[0] as LogicGateLayer;
    const [gates, wires] = [gatesOf(layer), wiresOf(layer)];
    const twin = await SAVING_TRIPS.memory!(model);
    const out = rowsOf(trained(twin.layers[0] as LogicGateLayer, x), units);
    model.compile({loss: 'meanSquaredError', optimizer: train.sgd(rate)});
    await model.trainOnBatch(x, y);
    const [xs, ys] = [rowsOf(x.dataSync(), inputs), rowsOf(y.dataSync(), units)];
    const expected = gates.map((row, unit) => {
      const [left, right] = wires[unit]!;
      const dz = row.map((_, id) =>
        xs.reduce((total, sample, s) => {
          const [a, b] = [sample[left]!, sample[right]!];
          const tableRow = (i: 0 | 1, j: 0 | 1) => (i ? a : 1 - a) * (j ? b : 1 - b) * gateOutput(id, i, j);
          const answer = tableRow(0, 0) + tableRow(0, 1) + tableRow(1, 0) + tableRow(1, 1);
          return total + ((2 * (out[s]![unit]! - ys[s]![unit]!)) / (rows * units)) * answer;
        }, 0),
      );
      const p = softmaxOf(row, 0.6);
      const mean = p.reduce((total, share, id) => total + share * dz[id]!, 0);
      return row.map((_, id) => (p[id]! * (dz[id]! - mean)) / 0.6);
    });
    const moved = gatesOf(layer).flatMap((row, unit) =>
      row.map((value, id) => (gates[unit]![id]! - value) / rate),
    );
    expectRows(moved, expected, 1e-5, 4e-6); // the difference of float32 logits below 4
  });

  it('mixes all gates with `soft` in training, and takes the mode in evaluation', () => {
    const layer = allGates({estimator: 'soft', temperature: 20});
    const p = softmaxOf([40, ...Array(15).fill(0)], 20);
    const half = [0, 1, 2, 3].flatMap((tableRow) =>
      Array.from({length: 16}, (_, id) => {
        const own = gateOutput(id, tableRow >> 1, tableRow & 1);
        return [own * p[0]! + (8 - own) * p[1]!];
      }),
    );
    expectRows(trained(layer, tableRows), half, 1e-5, 1e-7);
    expect(evaluated(layer, tableRows)).toEqual(evaluated(allGates(), tableRows));
  });

  it('joins a functional model of several inputs', async () => {
    const [left, right] = [input({shape: [4]}), input({shape: [3]})];
    const joined = keras.concatenate().apply([left, right]) as SymbolicTensor;
    const outputs = layers.groupSum({groups: 2}).apply(make({units: 10}).apply(joined)) as SymbolicTensor;
    const model = functionalModel({inputs: [left, right], outputs});
    model.compile({loss: 'meanSquaredError', optimizer: 'sgd'});
    const [a, b] = [bits([8, 4], 1), bits([8, 3], 2)];
    await model.fit([a, b], uniformTensor([8, 2], 0, 5, 3), {epochs: 2, verbose: 0});
    const before = numbersOf(model.predict([a, b]) as Tensor);
    const loaded = await SAVING_TRIPS.memory!(model);
    expect(numbersOf(loaded.predict([a, b]) as Tensor)).toEqual(before);
  });

  it('works on each time step through timeDistributed, and comes back from saving', async () => {
    const inner = make({units: 10, gateInitializer: 'randomNormal'});
    const model = sequential({
      layers: [
        keras.timeDistributed({layer: inner, inputShape: [5, 6]}),
        keras.flatten(),
        dense({units: 1, seed: 1}),
      ],
    });
    model.compile({loss: 'meanSquaredError', optimizer: 'sgd'});
    const x = bits([4, 5, 6], 1);
    const previous = gatesOf(inner);
    await model.fit(x, uniformTensor([4, 1], 2, 3, 2), {epochs: 2, verbose: 0});
    expect(gatesOf(inner)).not.toEqual(previous);
    const before = predictions(model, x);
    expect(predictions(await SAVING_TRIPS.folder!(model), x)).toEqual(before);
  });

  it('takes bits that are not float32', () => {
    const x = tensor([[0, 1]], [1, 2], 'int32');
    expect(evaluated(allGates(), x)).toEqual(Array.from({length: 16}, (_, id) => gateOutput(id, 0, 1)));
  });
});
