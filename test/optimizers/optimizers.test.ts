import {
  AdamOptimizer,
  getBackend,
  memory,
  reshape,
  type Scalar,
  serialization,
  square,
  sub,
  sum,
  tensor,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import {layers as keras, type LayersModel, loadLayersModel, sequential} from '@tensorflow/tfjs-layers';
import {type AdaptiveOptimizer, functional, layers, type OptimizerArgs, optimizers} from 'tfjs-discrete';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';
import {SAVING_TRIPS} from '../support/saving.js';
import {dense} from '../support/subjects.js';
import {uniformTensor, weightsOf} from '../support/values.js';

type Name = keyof typeof optimizers;
const NAMES = Object.keys(optimizers) as Name[];
const {cosine, linear, warmUp} = functional.schedules;

const OPTIONS: Record<string, OptimizerArgs> = {
  plain: {learningRate: 0.01},
  'a schedule and clipping': {learningRate: warmUp(cosine(0.02, 0.001, 40), 20), globalClipNorm: 0.1},
  'averages and weight decay': {learningRate: 0.01, ema: 0.9, weightDecay: 0.01},
};

const x = uniformTensor([64, 4], -1, 1, 5);
const y = uniformTensor([64, 1], -1, 1, 6);
const twoEpochs = async (model: LayersModel) => {
  const args = {batchSize: 8, epochs: 2, shuffle: false, verbose: 0} as const;
  return (await model.fit(x, y, args)).history;
};

function network(optimizer: AdaptiveOptimizer): LayersModel {
  const model = sequential({
    layers: [
      dense({units: 8, inputShape: [4], seed: 1}),
      layers.stochasticBinary({seed: 3}),
      dense({units: 1, seed: 2}),
    ],
  });
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}

const CASES = NAMES.flatMap((name) =>
  Object.entries(OPTIONS).flatMap(([title, options]) =>
    Object.entries(SAVING_TRIPS).map(([way, trip]) => ({name, title, options, way, trip})),
  ),
);

function expectExactState(): void {
  it.each(CASES)('$name with $title continues bit for bit after a $way', async ({name, options, trip}) => {
    const stayed = network(optimizers[name](options));
    let travelling = network(optimizers[name](options));
    for (let part = 0; part < 3; part++) {
      expect(await twoEpochs(travelling)).toEqual(await twoEpochs(stayed));
      const before = memory().numTensors;
      const left = travelling;
      travelling = await trip(left, true);
      expect(travelling.optimizer.iterations).toBe(16 * (part + 1));
      left.optimizer.dispose();
      left.dispose();
      expect(memory().numTensors).toBe(before);
    }
    expect(weightsOf(travelling)).toEqual(weightsOf(stayed));
    for (const model of [stayed, travelling]) {
      model.optimizer.dispose();
      model.dispose();
    }
  });
}

describe('state, composed of TensorFlow.js’s kernels', expectExactState);

if (getBackend() === 'wasm') {
  describe('state, in one pass', () => {
    let kernels: TrainingKernels;
    beforeAll(() => {
      kernels = installTrainingKernels();
    });
    afterAll(() => kernels.restore());

    expectExactState();

    it('spares tensors that share memory with a weight, a moment or an average', async () => {
      const optimizer = optimizers.adam({learningRate: 0.1, ema: 0.5});
      const weight = parameter([1, 2, 3, 4, 5]);
      apply(optimizer, [weight], 1);
      const watched = [weight, ...(await optimizer.getWeights()).slice(1).map(({tensor: each}) => each)];
      expect(watched).toHaveLength(4);
      const sharers = watched.map((each) => reshape(each, [each.size, 1]));
      const before = sharers.map((each) => Array.from(each.dataSync()));
      apply(optimizer, [weight], 2);
      expect(sharers.map((each) => Array.from(each.dataSync()))).toEqual(before);
      watched.forEach((each, i) => {
        expect(Array.from(each.dataSync())).not.toEqual(before[i]);
      });
      for (const each of [...sharers, optimizer, weight]) each.dispose();
    });
  });
}

function parameter(values: number[]): Variable {
  const start = tensor(values);
  const made = variable(start);
  start.dispose();
  return made;
}

/** One step along gradients `factor * value`. */
function apply(optimizer: AdaptiveOptimizer, variables: Variable[], factor: number): void {
  const gradients = variables.map((each) => ({
    name: each.name,
    tensor: tensor(
      Array.from(each.dataSync(), (value) => factor * value),
      each.shape,
    ),
  }));
  optimizer.applyGradients(gradients);
  for (const {tensor: each} of gradients) each.dispose();
}

describe.each(NAMES)('%s', (name) => {
  it('leaves only its state behind, and nothing when disposed', async () => {
    const before = memory().numTensors;
    const weight = parameter([1, 2]);
    const optimizer = optimizers[name]({globalClipNorm: 1, ema: 0.9});
    for (let step = 0; step < 3; step++) apply(optimizer, [weight], 1);
    expect(memory().numTensors).toBe(before + 1 + 3);
    await optimizer.getWeights();
    await optimizer.getWeights();
    optimizer.dispose();
    weight.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('serves `minimize` on all trainable variables', () => {
    const weight = parameter([1, 2]);
    const optimizer = optimizers[name]({learningRate: 0.1});
    const loss = () => sum(square(sub(weight, 3))) as Scalar;
    for (let step = 0; step < 300; step++) optimizer.minimize(loss, false, [weight]);
    for (const value of weight.dataSync()) expect(Math.abs(value - 3)).toBeLessThan(0.1);
    optimizer.dispose();
    weight.dispose();
  });

  it('comes back from its configuration', () => {
    const learningRate = warmUp(linear(1, 0.1, 7), 3);
    const original = optimizers[name]({
      ...{learningRate, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: 0.02, clipValue: 2, ema: 0.9},
    });
    const config = JSON.parse(JSON.stringify(original.getConfig()));
    const {className} = original.constructor as unknown as {className: string};
    const [cls, fromConfig] = serialization.SerializationMap.getMap().classNameMap[className]!;
    const returned = fromConfig(cls, config) as AdaptiveOptimizer;
    expect(returned).toBeInstanceOf(original.constructor);
    expect(returned.getConfig()).toEqual(original.getConfig());
    expect([0, 2, 3, 9].map(returned.schedule!)).toEqual([0, 2, 3, 9].map(learningRate));
  });

  it.each<[OptimizerArgs, string]>([
    [{learningRate: -1}, '`learningRate` must be a finite number >= 0, got -1.'],
    [{learningRate: 'fast' as never}, '`learningRate` must be a finite number >= 0, got "fast".'],
    [{beta1: 1}, '`beta1` must be a number from 0 to 1, 1 excluded, got 1.'],
    [{beta2: Number.NaN}, '`beta2` must be a number from 0 to 1, 1 excluded, got NaN.'],
    [{epsilon: -1e-8}, '`epsilon` must be a finite number >= 0, got -1e-8.'],
    [{weightDecay: -1}, '`weightDecay` must be a finite number >= 0, got -1.'],
    [{clipNorm: 0}, '`clipNorm` must be a finite number > 0, got 0.'],
    [{globalClipNorm: Infinity}, '`globalClipNorm` must be a finite number > 0, got Infinity.'],
    [{clipValue: -1}, '`clipValue` must be a finite number > 0, got -1.'],
    [{ema: 1}, '`ema` must be a number from 0 to 1, 1 excluded, got 1.'],
    [{clipNorm: 1, clipValue: 2}, '`clipValue` must be left out where `clipNorm` is given, got 2.'],
    [{clipnorm: 1} as never, 'unknown option `clipnorm`; did you mean `clipNorm`?'],
  ])('rejects %j', (args, message) => {
    const owner = name[0]!.toUpperCase() + name.slice(1);
    expect(() => optimizers[name](args)).toThrow(`${owner}: ${message}`);
  });
});

describe('a learning rate', () => {
  it('follows its schedule by the step, from 0 on', () => {
    const weight = parameter([1]);
    const optimizer = optimizers.adam({learningRate: linear(1, 0, 4)});
    const rates = Array.from({length: 5}, () => {
      const rate = optimizer.learningRate;
      apply(optimizer, [weight], 1);
      return rate;
    });
    expect(rates).toEqual([1, 0.75, 0.5, 0.25, 0]);
    const [still] = weight.dataSync();
    apply(optimizer, [weight], 1);
    expect(weight.dataSync()[0]).toBe(still);
    optimizer.dispose();
    weight.dispose();
  });

  it('can be set between steps, to a number or a schedule', () => {
    const optimizer = optimizers.adamW({learningRate: 0.1});
    optimizer.learningRate = 0.05;
    expect([optimizer.learningRate, optimizer.schedule]).toEqual([0.05, undefined]);
    const schedule = linear(1, 0, 4);
    (optimizer as {learningRate: unknown}).learningRate = schedule;
    expect([optimizer.learningRate, optimizer.schedule]).toEqual([1, schedule]);
    expect(() => {
      optimizer.learningRate = Number.NaN;
    }).toThrow('AdamW: `learningRate` must be a finite number >= 0, got NaN.');
  });

  it('is rejected where its schedule gives none', () => {
    const optimizer = optimizers.adam({learningRate: () => -1});
    const weight = parameter([1]);
    expect(() => apply(optimizer, [weight], 1)).toThrow(
      'Adam: `learningRate` must be a finite number >= 0, got -1.',
    );
    weight.dispose();
  });

  it('is not saved where its schedule is a function of the user’s', () => {
    expect(() => optimizers.adam({learningRate: (step) => 1 / (step + 1)}).getConfig()).toThrow(
      'Adam: `learningRate` must be a number or made by `functional.schedules` to be saved, got function learningRate.',
    );
  });
});

describe('variables', () => {
  it('without a gradient stay as they are, and keep their position in what is saved', async () => {
    const [one, other] = [parameter([1]), parameter([2, 3])];
    const optimizer = optimizers.adamW({ema: 0.9});
    const gradient = tensor([1, 1]);
    optimizer.applyGradients([
      {name: one.name, tensor: undefined as never},
      {name: other.name, tensor: gradient},
    ]);
    expect(Array.from(one.dataSync())).toEqual([1]);
    const saved = (await optimizer.getWeights()).map(({name, tensor: each}) => [name, each.shape]);
    expect(saved).toEqual([
      ['iter', []],
      ...['m', 'v', 'average'].flatMap((part) => [
        [`${one.name}/${part}`, [1]],
        [`${other.name}/${part}`, [2]],
      ]),
    ]);
    for (const each of [optimizer, one, other, gradient]) each.dispose();
  });

  it('that were frozen for a while get their own state back', async () => {
    const [one, other] = [parameter([1, 2]), parameter([3, 4])];
    const optimizer = optimizers.adam({learningRate: 0.1});
    apply(optimizer, [other], 1);
    apply(optimizer, [one, other], 1);
    const copies = (await optimizer.getWeights()).map(({name, tensor: each}) => ({
      name,
      tensor: each.clone(),
    }));
    const loaded = optimizers.adam({learningRate: 0.1});
    await loaded.setWeights(copies);
    const twins = [parameter(Array.from(one.dataSync())), parameter(Array.from(other.dataSync()))];
    apply(optimizer, [one, other], 1);
    apply(loaded, twins, 1);
    expect(twins.map((each) => each.dataSync())).toEqual([one, other].map((each) => each.dataSync()));
    for (const each of [optimizer, loaded, one, other, ...twins]) each.dispose();
    for (const {tensor: each} of copies) each.dispose();
  });

  it('of another shape than the loaded state are rejected by name', async () => {
    const [weight, wider] = [parameter([1, 2]), parameter([1, 2, 3])];
    const optimizer = optimizers.adam();
    apply(optimizer, [weight], 1);
    const loaded = optimizers.adam();
    await loaded.setWeights(await optimizer.getWeights());
    expect(() => apply(loaded, [wider], 1)).toThrow(
      `Adam: the state of '${weight.name}', loaded with shape [2], does not fit '${wider.name}' of shape [3]; ` +
        'was the model changed since?',
    );
    for (const each of [optimizer, loaded, weight, wider]) each.dispose();
  });

  it('of an optimizer with averages do not fit one without', async () => {
    const weight = parameter([1]);
    const optimizer = optimizers.adam({ema: 0.9});
    apply(optimizer, [weight], 1);
    await expect(optimizers.adam().setWeights(await optimizer.getWeights())).rejects.toThrow(
      'Adam: `weights` must be the number of steps and 2 tensors per variable, got "4 tensors".',
    );
    for (const each of [optimizer, weight]) each.dispose();
  });
});

describe('averages of the weights', () => {
  it('stand in for them until they are restored', () => {
    const weight = parameter([1, 2]);
    const optimizer = optimizers.adam({learningRate: 0.1, ema: 0.75});
    const values: number[][] = [];
    for (let step = 0; step < 3; step++) {
      apply(optimizer, [weight], 1);
      values.push(Array.from(weight.dataSync()));
    }
    const tensors = memory().numTensors;
    const restore = optimizer.useAverages();
    const expected = [0, 1].map(
      (i) => 0.75 * (0.75 * values[0]![i]! + 0.25 * values[1]![i]!) + 0.25 * values[2]![i]!,
    );
    // Two sums of float32 near 1: at most four roundings of 6e-8.
    weight.dataSync().forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(2.5e-7);
    });
    restore();
    restore();
    expect(Array.from(weight.dataSync())).toEqual(values[2]);
    expect(memory().numTensors).toBe(tensors);
    optimizer.dispose();
    weight.dispose();
  });

  it('are rejected where none are kept', () => {
    expect(() => optimizers.adam().useAverages()).toThrow(
      'Adam: `ema` must be given for averages to be kept, got undefined.',
    );
  });
});

it('leaves the class name `Adam` to TensorFlow.js', async () => {
  const model = sequential({layers: [keras.dense({units: 1, inputShape: [1]})]});
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  await model.save(
    {
      save: async (artifacts) => {
        const loaded = await loadLayersModel({load: async () => artifacts});
        expect(loaded.optimizer.constructor).toBe(AdamOptimizer);
        return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}};
      },
    },
    {includeOptimizer: true},
  );
});
