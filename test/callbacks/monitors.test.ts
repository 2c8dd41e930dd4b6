import {
  backend,
  concat,
  losses,
  memory,
  mul,
  randomNormal,
  reshape,
  slice,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
  train,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import {
  type CustomCallback,
  initializers,
  layers as keras,
  callbacks as kerasCallbacks,
  type Sequential,
  sequential,
} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {
  callbacks,
  type DeadUnitsArgs,
  type DiscreteLayer,
  functional,
  layers,
  type ObservableLayer,
  type UnitObserver,
} from '../../src/index.js';

const SAMPLES = 70;
const BATCHES = [
  [0, 32],
  [32, 32],
  [64, 6],
] as const;
const TEMPERATURES = {forwardTemperature: 0.4, backwardTemperature: 0.3};

const x = randomNormal([SAMPLES, 5], 0, 1, 'float32', 11);
const y = randomNormal([SAMPLES, 3], 0, 1, 'float32', 12);
const FIT = {batchSize: 32, shuffle: false, verbose: 0} as const;

/** Dense, `discrete`, dense. The learning rate is 0, so that what was learned from can be computed again. */
function build(discrete: DiscreteLayer, width: number): Sequential {
  const model = sequential();
  const start = () => ({kernelInitializer: initializers.randomNormal({mean: 0, stddev: 1.5, seed: 5})});
  model.add(keras.dense({units: width, inputShape: [5], ...start()}));
  model.add(discrete);
  model.add(keras.dense({units: 3, ...start()}));
  model.compile({optimizer: train.sgd(0), loss: 'meanSquaredError'});
  return model;
}

type Matrix = number[][];
const matrix = (tensor: Tensor): Matrix => tensor.arraySync() as Matrix;
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, i) => sum + value * b[i]![j]!, 0)));
const softmax = (logits: number[]): number[] => {
  const weights = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  return weights.map((weight) => weight / weights.reduce((sum, each) => sum + each));
};
const entropyPower = (counts: number[]): number => {
  const total = counts.reduce((sum, count) => sum + count);
  return Math.exp(
    -counts.reduce((sum, count) => sum + (count && (count / total) * Math.log(count / total)), 0),
  );
};

/** The logits, samples and each sample's own dl/dz of the first epoch of a model made by `build`, in float64. */
function replay(model: Sequential, sampleAgain: (logits: Tensor, step: number) => Tensor) {
  const [w1, , w2] = model.getWeights().map(matrix);
  const logits = product(matrix(x), w1!); // biases start at 0 and stay there
  const z = BATCHES.flatMap(([begin, size], step) =>
    matrix(tidy(() => sampleAgain(model.layers[0]!.apply(slice(x, [begin, 0], [size, 5])) as Tensor, step))),
  );
  const targets = matrix(y);
  const dz = z.map((row, s) => {
    const errors = product([row], w2!)[0]!.map((out, j) => (2 / 3) * (out - targets[s]![j]!));
    return w2!.map((weights) => weights.reduce((sum, weight, j) => sum + weight * errors[j]!, 0));
  });
  return {logits, z, dz};
}

const keyOf = (layer: DiscreteLayer, step: number) => ({
  seed: 3,
  stream: layer.getConfig().stream as number,
  step,
});

/** |dl/dlogit| of each sample and each unit of a binary layer, in float64; `[unit][sample]`. */
function eachMagnitude(model: Sequential, layer: DiscreteLayer): Matrix {
  const {logits, dz} = replay(model, (l, step) =>
    functional.stochasticBinary(l, {...TEMPERATURES, seed: keyOf(layer, step)}),
  );
  const tb = TEMPERATURES.backwardTemperature;
  return logits[0]!.map((_, unit) =>
    logits.map((row, s) => {
      const p = 1 / (1 + Math.exp(-row[unit]! / tb));
      return Math.abs((dz[s]![unit]! * p * (1 - p)) / tb);
    }),
  );
}

/** The mean over samples of each unit. */
function binaryMagnitudes(model: Sequential, layer: DiscreteLayer): number[] {
  return eachMagnitude(model, layer).map((each) => each.reduce((sum, value) => sum + value) / SAMPLES);
}

/** A threshold between the middle two, far enough from both for float32. */
function middle(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return (sorted[half - 1]! + sorted[half]!) / 2;
}

/** A layer of the user's own that reports gradients by hand, one sample at a time. */
class OwnLayer extends keras.Layer implements ObservableLayer {
  static readonly className = 'OwnLayer';
  readonly unit = 'binary';
  readonly choices = 2;
  private readonly observers = new Set<UnitObserver>();

  observe(observer: UnitObserver) {
    this.observers.add(observer);
    return () => void this.observers.delete(observer);
  }

  report(magnitudes: number[]): void {
    tidy(() => {
      for (const observer of this.observers) {
        observer.gradient?.(tensor1d(magnitudes), 1, 1);
        observer.rowGradients?.(tensor2d([magnitudes]), 1);
      }
    });
  }
}

describe('deadUnits', () => {
  it('counts binary units by the mean of each sample’s own |dl/dlogit|', async () => {
    const layer = layers.stochasticBinary({...TEMPERATURES, seed: 3, name: 'bits'});
    const model = build(layer, 9);
    await model.fit(x, y, {...FIT, epochs: 1});
    const magnitudes = binaryMagnitudes(model, layer);
    for (const threshold of [0, middle(magnitudes), 1e6]) {
      const again = layers.stochasticBinary({
        ...TEMPERATURES,
        seed: 3,
        stream: layer.getConfig().stream as number,
      });
      const rebuilt = build(again, 9);
      const {history} = await rebuilt.fit(x, y, {
        ...FIT,
        epochs: 1,
        callbacks: callbacks.deadUnits({threshold}),
      });
      const dead = magnitudes.filter((magnitude) => magnitude < threshold).length;
      expect(history.deadUnits).toEqual([(100 * dead) / 9]);
      expect(history[`deadUnits/${again.name}`]).toEqual(history.deadUnits);
    }
  });

  it('counts pairs of a sample and a unit by their own |dl/dlogit| where `per` is sample', async () => {
    const layer = layers.stochasticBinary({...TEMPERATURES, seed: 3, name: 'bits'});
    const model = build(layer, 9);
    await model.fit(x, y, {...FIT, epochs: 1});
    const pairs = eachMagnitude(model, layer).flat();
    const threshold = middle(pairs);
    const dead = pairs.filter((magnitude) => magnitude < threshold).length;
    expect(dead).toBe(pairs.length / 2);
    const again = layers.stochasticBinary({...TEMPERATURES, seed: 3, name: 'again'});
    const {history} = await build(again, 9).fit(x, y, {
      ...FIT,
      epochs: 1,
      callbacks: callbacks.deadUnits({threshold, per: 'sample'}),
    });
    expect(history.deadUnits![0]).toBeCloseTo(50, 4); // a sum of nine shares in float32
    expect(history['deadUnits/again']).toEqual(history.deadUnits);
  });

  it('counts no logic gates per sample, because a batch shares their gradient', async () => {
    const model = build(layers.logicGateLayer({units: 6, seed: 3, name: 'gates'}), 4);
    const counter = callbacks.deadUnits({threshold: 1, per: 'sample', layers: ['gates']});
    await expect(model.fit(x, y, {...FIT, epochs: 1, callbacks: counter})).rejects.toThrow(
      'DeadUnits: `layers` must be names of layers that it can serve (none in this model), got "gates".',
    );
  });

  /** What one epoch writes in which a layer reports these gradients of one row of one sample. */
  async function logsOf(args: DeadUnitsArgs, magnitudes: number[]): Promise<Record<string, number>> {
    const layer = new OwnLayer({name: 'own', inputShape: [4]});
    const monitor = callbacks.deadUnits(args);
    monitor.setModel(sequential({layers: [layer]}) as never);
    await monitor.onTrainBegin();
    await monitor.onEpochBegin();
    layer.report(magnitudes);
    const logs: Record<string, number> = {};
    await monitor.onEpochEnd(0, logs);
    await monitor.onTrainEnd();
    return logs;
  }

  it('does not count a unit whose mean |dl/dlogit|, or a pair whose own, equals the threshold', async () => {
    const logs = await logsOf({threshold: 0.5}, [0.25, 0.5, 0.75, 1]); // exact in float32
    expect(logs).toEqual({deadUnits: 25, 'deadUnits/own': 25});
    expect(await logsOf({threshold: 0.5, per: 'sample'}, [0.25, -0.5, 0.75, 1])).toEqual(logs);
  });

  it('counts the units below a fraction of the layer’s mean, and logs that limit', async () => {
    const logs = await logsOf({relative: 0.5}, [1, 2, 3, 10]);
    expect(logs).toEqual({deadUnits: 25, 'deadUnits/own': 25, 'deadUnitsLimit/own': 2});
  });

  it('uses a tenth of the layer’s mean by default, whatever the size of the loss', async () => {
    for (const scale of [1, 2 ** -20]) {
      const logs = await logsOf(
        {},
        [0.25, 0.75, 15, 4].map((value) => value * scale),
      ); // mean 5
      expect(logs.deadUnits).toBe(25);
    }
  });

  it('counts units without any gradient as dead, whatever the limit', async () => {
    expect((await logsOf({relative: 0}, [0, 1, 1, 2])).deadUnits).toBe(25);
    expect((await logsOf({}, [0, 0, 0, 0])).deadUnits).toBe(100);
  });

  it('says in words what counts as dead', () => {
    expect(callbacks.deadUnits().criterion).toBe("mean |dl/dlogit| below 0.1 of the layer's mean");
    expect(callbacks.deadUnits({threshold: 1e-3}).criterion).toBe('mean |dl/dlogit| of a sample below 0.001');
  });

  it.each<[DeadUnitsArgs | object, string]>([
    [{relative: 1.5}, 'DeadUnits: `relative` must be a number from 0 to 1, got 1.5.'],
    [{relative: -1}, 'DeadUnits: `relative` must be a finite number >= 0, got -1.'],
    [
      {relative: 0.1, threshold: 1},
      'DeadUnits: `threshold` must be left out where `relative` is given, got 1.',
    ],
    [{per: 'pair'}, "DeadUnits: `per` must be one of 'unit', 'sample', got \"pair\"."],
    [{per: 'sample'}, "DeadUnits: `threshold` must be given where `per` is 'sample', got undefined."],
    [{treshold: 1}, 'DeadUnits: unknown option `treshold`; did you mean `threshold`?'],
  ])('rejects %o', (args, message) => {
    expect(() => callbacks.deadUnits(args)).toThrow(message);
  });

  it('is NaN where a gradient was NaN, in that layer and in all', async () => {
    const layer = layers.stochasticBinary({seed: 3, name: 'bits'});
    const {history} = await build(layer, 4).fit(x, mul(y, Number.NaN), {
      ...FIT,
      batchSize: SAMPLES,
      epochs: 1,
      callbacks: callbacks.deadUnits(),
    });
    expect([history.deadUnits, history['deadUnits/bits']]).toEqual([[Number.NaN], [Number.NaN]]);
  });

  it('counts categories of groups in the same way', async () => {
    const layer = layers.decoupledCategorical({...TEMPERATURES, categories: 4, seed: 3});
    const model = build(layer, 12);
    await model.fit(x, y, {...FIT, epochs: 1});
    const {logits, dz} = replay(model, (l, step) =>
      reshape(
        functional.decoupledCategorical(reshape(l, [-1, 3, 4]), {...TEMPERATURES, seed: keyOf(layer, step)}),
        l.shape,
      ),
    );
    const tb = TEMPERATURES.backwardTemperature;
    const sums = new Array<number>(12).fill(0);
    logits.forEach((row, s) => {
      for (const group of [0, 4, 8]) {
        const p = softmax(row.slice(group, group + 4).map((logit) => logit / tb));
        const dy = dz[s]!.slice(group, group + 4);
        const inner = p.reduce((sum, each, k) => sum + each * dy[k]!, 0);
        p.forEach((each, k) => {
          sums[group + k]! += Math.abs((each * (dy[k]! - inner)) / tb);
        });
      }
    });
    const magnitudes = sums.map((sum) => sum / SAMPLES);
    const threshold = middle(magnitudes);
    const again = layers.decoupledCategorical({
      ...TEMPERATURES,
      categories: 4,
      seed: 3,
      stream: layer.getConfig().stream as number,
    });
    const {history} = await build(again, 12).fit(x, y, {
      ...FIT,
      epochs: 1,
      callbacks: callbacks.deadUnits({threshold}),
    });
    expect(history.deadUnits).toEqual([50]);
  });

  it('counts logic gates, and all layers together under one key', async () => {
    // At a backward temperature of 2 the Jacobian of every gate's softmax is far from zero, whatever its logits.
    const temperatures = {forwardTemperature: 0.1, backwardTemperature: 2};
    const gates = layers.logicGateLayer({
      ...temperatures,
      units: 6,
      seed: 3,
      gateInitializer: 'randomNormal',
      name: 'gates',
    });
    const bits = layers.stochasticBinary({seed: 3, name: 'bits'});
    const model = sequential();
    model.add(keras.dense({units: 4, inputShape: [5]}));
    model.add(bits);
    model.add(gates);
    model.add(keras.dense({units: 3, kernelInitializer: 'zeros', name: 'silent'}));
    model.compile({optimizer: train.sgd(0), loss: 'meanSquaredError'});
    const {history} = await model.fit(x, y, {...FIT, epochs: 1, callbacks: callbacks.deadUnits()});
    expect(history['deadUnits/gates']).toEqual([100]); // a silent head passes no gradient at all
    expect(history['deadUnits/bits']).toEqual([100]);
    model.getLayer('silent').setWeights([randomNormal([6, 3], 0, 3), randomNormal([3])]);
    const live = await model.fit(x, y, {
      ...FIT,
      epochs: 1,
      callbacks: callbacks.deadUnits({threshold: 1e-9}),
    });
    const percent = (key: string) => live.history[key]![0] as number;
    expect(percent('deadUnits/gates')).toBe(0);
    expect(percent('deadUnits')).toBeCloseTo(
      (6 * percent('deadUnits/gates') + 4 * percent('deadUnits/bits')) / 10,
    );
  });

  it('does not depend on the batch size', async () => {
    const percents = [];
    for (const batchSize of [1, 10, SAMPLES]) {
      const layer = layers.stochasticBinary({estimator: 'identity', seed: 3});
      const {history} = await build(layer, 9).fit(x, y, {
        ...FIT,
        batchSize,
        epochs: 1,
        callbacks: callbacks.deadUnits({threshold: 2}),
      });
      percents.push(history.deadUnits![0]);
    }
    expect(percents[1]).toBe(percents[0]);
    expect(percents[2]).toBe(percents[0]);
    expect(percents[0]).toBeGreaterThan(0);
    expect(percents[0]).toBeLessThan(100);
  });
});

describe('perplexity', () => {
  it('is exp of the entropy of the bits sampled over the whole epoch, without validation', async () => {
    const layer = layers.stochasticBinary({...TEMPERATURES, seed: 3, name: 'bits'});
    const model = build(layer, 9);
    const {history} = await model.fit(x, y, {
      ...FIT,
      epochs: 1,
      validationData: [x, y],
      callbacks: callbacks.perplexity(),
    });
    const {z} = replay(model, (l, step) =>
      functional.stochasticBinary(l, {...TEMPERATURES, seed: keyOf(layer, step)}),
    );
    const powers = z[0]!.map((_, unit) => {
      const ones = z.reduce((sum, row) => sum + row[unit]!, 0);
      return entropyPower([ones, SAMPLES - ones]);
    });
    expect(history['perplexity/bits']![0]).toBeCloseTo(powers.reduce((sum, each) => sum + each) / 9, 6);
  });

  it('is the mean over groups of categories', async () => {
    const layer = layers.decoupledCategorical({...TEMPERATURES, categories: 4, seed: 3, name: 'code'});
    const model = build(layer, 12);
    const {history} = await model.fit(x, y, {...FIT, epochs: 1, callbacks: callbacks.perplexity()});
    const {z} = replay(model, (l, step) =>
      reshape(
        functional.decoupledCategorical(reshape(l, [-1, 3, 4]), {...TEMPERATURES, seed: keyOf(layer, step)}),
        l.shape,
      ),
    );
    const counts = z[0]!.map((_, unit) => z.reduce((sum, row) => sum + row[unit]!, 0));
    const powers = [0, 4, 8].map((group) => entropyPower(counts.slice(group, group + 4)));
    expect(history['perplexity/code']![0]).toBeCloseTo(powers.reduce((sum, each) => sum + each) / 3, 6);
  });

  it('is that of the histogram of the modes of the gates, at the end of each epoch', async () => {
    const layer = layers.logicGateLayer({units: 50, seed: 3, gateInitializer: 'randomNormal', name: 'gates'});
    const model = sequential();
    model.add(keras.inputLayer({inputShape: [5]}));
    model.add(layer);
    model.add(keras.dense({units: 3}));
    model.compile({optimizer: train.sgd(5), loss: 'meanSquaredError'});
    const {history} = await model.fit(x, y, {...FIT, epochs: 2, callbacks: callbacks.perplexity()});
    const counts = new Array<number>(16).fill(0);
    for (const row of matrix(layer.getWeights()[0]!)) counts[row.indexOf(Math.max(...row))]!++;
    expect(history['perplexity/gates']![1]).toBeCloseTo(entropyPower(counts), 10);
    expect(history['perplexity/gates']).toHaveLength(2);
  });
});

describe('gradientNorm', () => {
  it('is the mean over batches of the norm of all gradients, and of each layer’s', async () => {
    const layer = layers.stochasticBinary({estimator: 'identity'}); // samples nothing, so it can be repeated
    const model = build(layer, 9);
    const norms = BATCHES.map(([begin, size]) =>
      tidy(() => {
        const {grads} = variableGrads(
          () => {
            const out = model.layers[0]!.apply(slice(x, [begin, 0], [size, 5])) as Tensor;
            const predicted = model.layers[2]!.apply(layer.apply(out, {training: true} as never)) as Tensor;
            return losses.meanSquaredError(slice(y, [begin, 0], [size, 3]), predicted);
          },
          model.trainableWeights.map((weight) => weight.read() as Variable),
        );
        const squares = Object.values(grads).map((grad) =>
          Array.from(grad.dataSync()).reduce((sum, value) => sum + value * value, 0),
        );
        return [
          squares.reduce((sum, each) => sum + each),
          squares[0]! + squares[1]!,
          squares[2]! + squares[3]!,
        ].map(Math.sqrt);
      }),
    );
    const mean = (i: number) => norms.reduce((sum, row) => sum + row[i]!, 0) / norms.length;
    const {history} = await model.fit(x, y, {
      ...FIT,
      epochs: 1,
      callbacks: callbacks.gradientNorm({perLayer: true}),
    });
    const expected = {
      gradientNorm: mean(0),
      [`gradientNorm/${model.layers[0]!.name}`]: mean(1),
      [`gradientNorm/${model.layers[2]!.name}`]: mean(2),
    };
    for (const [key, value] of Object.entries(expected)) {
      expect((history[key]![0] as number) / value).toBeCloseTo(1, 5);
    }
  });

  it('sums the gradients of more weights than one kernel call takes', async () => {
    const units = [6, 5, 4, 6, 5, 4, 6, 3];
    const model = sequential();
    units.forEach((width, i) => {
      model.add(keras.dense({units: width, ...(i === 0 && {inputShape: [5]})}));
    });
    model.compile({optimizer: train.sgd(0), loss: 'meanSquaredError'});
    const squares = tidy(() => {
      const {grads} = variableGrads(
        () => losses.meanSquaredError(y, model.apply(x) as Tensor),
        model.trainableWeights.map((weight) => weight.read() as Variable),
      );
      return Object.values(grads).map((grad) =>
        Array.from(grad.dataSync()).reduce((sum, v) => sum + v * v, 0),
      );
    });
    expect(squares).toHaveLength(16);
    const {history} = await model.fit(x, y, {
      ...FIT,
      batchSize: SAMPLES,
      epochs: 1,
      callbacks: callbacks.gradientNorm(),
    });
    const expected = Math.sqrt(squares.reduce((sum, square) => sum + square));
    expect((history.gradientNorm![0] as number) / expected).toBeCloseTo(1, 5);
  });

  it('restores the optimizer after two monitors have listened', async () => {
    const model = build(layers.stochasticBinary(), 4);
    await model.fit(x, y, {
      ...FIT,
      epochs: 1,
      callbacks: [callbacks.gradientNorm(), callbacks.gradientNorm()],
    });
    expect(Object.hasOwn(model.optimizer, 'computeGradients')).toBe(false);
    const theirs = vi.spyOn(model.optimizer, 'computeGradients');
    const shadow = model.optimizer.computeGradients;
    const {history} = await model.fit(x, y, {...FIT, epochs: 1, callbacks: callbacks.gradientNorm()});
    expect(history.gradientNorm).toHaveLength(1);
    expect(theirs).toHaveBeenCalledTimes(BATCHES.length);
    expect(model.optimizer.computeGradients).toBe(shadow);
  });
});

describe('monitors', () => {
  const keys = ['deadUnits', 'deadUnits/bits', 'perplexity/bits', 'gradientNorm'];
  const model = () => build(layers.stochasticBinary({seed: 3, name: 'bits'}), 9);

  it('log the same three values alone, in an array, spread, or in a list with plain objects', async () => {
    const seen: string[][] = [];
    const plain = {onEpochEnd: async (_: number, logs?: object) => void seen.push(Object.keys(logs!))};
    for (const used of [
      callbacks.monitors(),
      [callbacks.monitors()],
      [...callbacks.monitors()],
      callbacks.list([callbacks.monitors(), plain]),
    ]) {
      const {history} = await model().fit(x, y, {
        ...FIT,
        epochs: 2,
        callbacks: used as unknown as CustomCallback[],
      });
      for (const key of keys) expect(history[key]).toHaveLength(2);
    }
    expect(seen).toHaveLength(2);
    expect(seen[0]).toEqual(expect.arrayContaining(keys));
  });

  it('start over in every epoch', async () => {
    const layer = layers.stochasticBinary({estimator: 'identity', name: 'bits'}); // every epoch is the same
    const {history} = await build(layer, 9).fit(x, y, {
      ...FIT,
      epochs: 3,
      callbacks: callbacks.monitors({threshold: 2}),
    });
    for (const key of keys) expect(new Set(history[key])).toEqual(new Set([history[key]![0]]));
    expect(history.deadUnits![0]).toBeGreaterThan(0);
    expect(history.deadUnits![0]).toBeLessThan(100);
  });

  it('watch only every n-th batch', async () => {
    const logged = async (inputs: Tensor, targets: Tensor, everyBatches?: number) => {
      const layer = layers.stochasticBinary({estimator: 'identity', name: 'bits'}); // no noise
      const {history} = await build(layer, 9).fit(inputs, targets, {
        ...FIT,
        epochs: 2,
        callbacks: callbacks.monitors({everyBatches}),
      });
      return Object.fromEntries([...keys, 'deadUnitsLimit/bits'].map((key) => [key, history[key]]));
    };
    const firstAndThird = (all: Tensor) => concat([slice(all, 0, 32), slice(all, 64, 6)]);
    const watched = await logged(firstAndThird(x), firstAndThird(y));
    expect(await logged(x, y, 2)).toEqual(watched);
    expect(await logged(x, y)).not.toEqual(watched);
  });

  it('watch every batch again after training that broke off between two that are watched', async () => {
    const monitors = callbacks.monitors({everyBatches: 2});
    const breaking = {
      onBatchEnd: async (batch: number) => {
        if (batch === 1) throw new Error('broken off');
      },
    };
    const trained = model();
    await expect(
      trained.fit(x, y, {...FIT, epochs: 1, callbacks: callbacks.list([monitors, breaking])}),
    ).rejects.toThrow('broken off');
    const {history} = await trained.fit(x, y, {...FIT, epochs: 2, callbacks: monitors});
    for (const key of keys) expect(history[key]).toHaveLength(2);
  });

  it('log keys that later callbacks can use', async () => {
    const early = kerasCallbacks.earlyStopping({monitor: 'deadUnits', patience: 1});
    const {epoch} = await model().fit(x, y, {
      ...FIT,
      epochs: 9,
      callbacks: callbacks.list([callbacks.monitors({threshold: 1e6}), early]), // 100 % dead: no improvement
    });
    expect(epoch.length).toBeLessThan(4);
  });

  it('leave no tensor behind, not even when training breaks off', async () => {
    const trained = model();
    const monitors = callbacks.monitors({perLayer: true});
    await trained.fit(x, y, {...FIT, epochs: 1, callbacks: monitors});
    const before = memory().numTensors;
    const breaking = {
      onBatchEnd: async (batch: number) => {
        if (batch === 1) throw new Error('broken off');
      },
    };
    await expect(
      trained.fit(x, y, {...FIT, epochs: 1, callbacks: callbacks.list([monitors, breaking])}),
    ).rejects.toThrow('broken off');
    (trained as unknown as {model: {isTraining: boolean}}).model.isTraining = false; // TF.js leaves it set
    await trained.fit(x, y, {...FIT, epochs: 2, callbacks: monitors});
    const left = memory().numTensors - before;
    expect(left).toBeLessThanOrEqual(await leftByPlainBreak());
    expect(Object.hasOwn(trained.optimizer, 'computeGradients')).toBe(false);
  });

  /** Tensors that TF.js itself loses when a callback throws. */
  async function leftByPlainBreak(): Promise<number> {
    const plain = model();
    await plain.fit(x, y, {...FIT, epochs: 1});
    const before = memory().numTensors;
    const breaking = callbacks.list([
      {
        onBatchEnd: async (batch: number) => {
          if (batch === 1) throw new Error('broken off');
        },
      },
    ]);
    await expect(plain.fit(x, y, {...FIT, epochs: 1, callbacks: breaking})).rejects.toThrow('broken off');
    return memory().numTensors - before;
  }

  it('read nothing back from the device inside a step', async () => {
    // Native TensorFlow on a CPU has no device: its kernels work on copies of the tensors. This is about a GPU.
    const native = backend() as {isUsingGpuDevice?: boolean};
    if (native.isUsingGpuDevice === false) native.isUsingGpuDevice = true;
    const reads = async (used: CustomCallback[]) => {
      const spies = [vi.spyOn(backend(), 'readSync'), vi.spyOn(backend(), 'read')];
      const counts: number[] = [];
      const count = () => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      const probe = {onBatchEnd: async () => void counts.push(count())};
      await model().fit(x, y, {...FIT, epochs: 1, callbacks: callbacks.list([...used, probe])});
      for (const spy of spies) spy.mockRestore();
      return counts;
    };
    try {
      const plain = await reads([]);
      expect(await reads([callbacks.monitors({perLayer: true}) as unknown as CustomCallback])).toEqual(plain);
    } finally {
      if (native.isUsingGpuDevice !== undefined) native.isUsingGpuDevice = false;
    }
  });

  it('watch layers inside nested models and reject unknown names', async () => {
    const inner = sequential({layers: [layers.stochasticBinary({name: 'inner', inputShape: [4]})]});
    const outer = sequential({
      layers: [keras.dense({units: 4, inputShape: [5]}), inner, keras.dense({units: 3})],
    });
    outer.compile({optimizer: train.sgd(0), loss: 'meanSquaredError'});
    const {history} = await outer.fit(x, y, {...FIT, epochs: 1, callbacks: callbacks.monitors()});
    expect(history['deadUnits/inner']).toHaveLength(1);
    await expect(
      outer.fit(x, y, {...FIT, epochs: 1, callbacks: callbacks.deadUnits({layers: ['outer']})}),
    ).rejects.toThrow(
      'DeadUnits: `layers` must be names of layers that it can serve (\'inner\'), got "outer".',
    );
  });

  it('reject options that they do not have', () => {
    expect(() => callbacks.monitors({perlayer: true} as never)).toThrow(
      'Monitors: unknown option `perlayer`; did you mean `perLayer`?',
    );
    expect(() => callbacks.gradientNorm({perLayers: true} as never)).toThrow(
      'GradientNorm: unknown option `perLayers`; did you mean `perLayer`?',
    );
    expect(() => callbacks.perplexity({layer: []} as never)).toThrow(
      'Perplexity: unknown option `layer`; did you mean `layers`?',
    );
  });

  it.each([
    'monitors',
    'deadUnits',
    'perplexity',
    'gradientNorm',
    'temperatureSchedule',
    'tensorBoard',
  ] as const)('callbacks.%s passed without a call is rejected when training begins', async (name) => {
    const message = `callbacks.${name}: a callback must be an instance, got the function itself; write callbacks.${name}().`;
    const uncalled = callbacks[name] as unknown as CustomCallback;
    for (const used of [uncalled, [uncalled], [callbacks.monitors(), uncalled]]) {
      await expect(
        model().fit(x, y, {...FIT, epochs: 1, callbacks: used as CustomCallback[]}),
      ).rejects.toThrow(message);
    }
  });

  it.each(['monitors', 'perplexity', 'gradientNorm', 'deadUnits'] as const)(
    'callbacks.%s behind a plain object says how to combine the two',
    async (name) => {
      const mixed = [{onEpochEnd: async () => {}}, callbacks[name]()] as unknown as CustomCallback[];
      await expect(model().fit(x, y, {...FIT, epochs: 1, callbacks: mixed})).rejects.toThrow(
        /a callback instance cannot stand beside a plain object.*callbacks\.list\(\[\.\.\.\]\)/,
      );
    },
  );

  it('reject arguments that make no sense', () => {
    expect(() => callbacks.deadUnits({threshold: -1})).toThrow(
      'DeadUnits: `threshold` must be a finite number >= 0, got -1.',
    );
    for (const [owner, make] of [
      ['DeadUnits', callbacks.monitors],
      ['DeadUnits', callbacks.deadUnits],
      ['Perplexity', callbacks.perplexity],
      ['GradientNorm', callbacks.gradientNorm],
    ] as const) {
      expect(() => make({everyBatches: 0})).toThrow(
        `${owner}: \`everyBatches\` must be a whole number >= 1, got 0.`,
      );
    }
    expect(() => callbacks.gradientNorm({perLayer: 1 as never})).toThrow(
      'GradientNorm: `perLayer` must be true or false, got 1.',
    );
    expect(() => callbacks.list([7 as never])).toThrow(
      /^list: `\[0\]` must be a callback or an object with hooks/,
    );
    expect(() => callbacks.list([{}])).toThrow(/^list/);
    expect(() => callbacks.list(undefined as never)).toThrow(
      'list: `entries` must be an array of callbacks, got undefined.',
    );
  });

  it.each([
    ['DeadUnits', callbacks.deadUnits],
    ['Perplexity', callbacks.perplexity],
    ['DeadUnits', callbacks.monitors],
    ['TemperatureSchedule', callbacks.temperatureSchedule],
  ] as const)('%s takes names of layers in an array alone', (owner, make) => {
    const args = (names: unknown) =>
      ({layers: names, ...(owner === 'TemperatureSchedule' && {forward: () => 1})}) as never;
    expect(() => make(args('code'))).toThrow(`${owner}: \`layers\` must be an array of names, got "code".`);
    expect(() => make(args([1]))).toThrow(`${owner}: \`layers\` must be an array of names, got [1].`);
  });
});

describe('temperatureSchedule', () => {
  it('sets both temperatures at each epoch’s beginning, and the last ones are saved', async () => {
    const layer = layers.stochasticBinary({seed: 3});
    const seen: [number, number][] = [];
    const probe = {
      onBatchBegin: async () => void seen.push([layer.forwardTemperature, layer.backwardTemperature]),
    };
    await build(layer, 4).fit(x, y, {
      ...FIT,
      batchSize: SAMPLES,
      epochs: 3,
      callbacks: callbacks.list([
        callbacks.temperatureSchedule({
          forward: functional.schedules.linear(1, 0, 2),
          backward: (epoch) => 2 ** epoch,
        }),
        probe,
      ]),
    });
    expect(seen).toEqual([
      [1, 1],
      [0.5, 2],
      [0, 4],
    ]);
    expect(layer.getConfig()).toMatchObject({forwardTemperature: 0, backwardTemperature: 4});
  });

  it('sets the single temperature of a tied estimator, and only in the named layers', async () => {
    const tied = layers.stochasticBinary({estimator: 'softmax', name: 'tied'});
    const other = layers.stochasticBinary({name: 'other'});
    const model = sequential({
      layers: [keras.dense({units: 4, inputShape: [5]}), tied, other, keras.dense({units: 3})],
    });
    model.compile({optimizer: train.sgd(0), loss: 'meanSquaredError'});
    await model.fit(x, y, {
      ...FIT,
      epochs: 1,
      callbacks: callbacks.temperatureSchedule({forward: () => 0.25, layers: ['tied']}),
    });
    expect([tied.forwardTemperature, tied.backwardTemperature]).toEqual([0.25, 0.25]);
    expect(other.forwardTemperature).toBe(0.1);
  });

  it('rejects layers whose estimator takes no temperatures, named or not, before it trains', async () => {
    const trainUnder = async (layers?: string[]) => {
      const schedule = callbacks.temperatureSchedule({backward: () => 1, ...(layers && {layers})});
      await model.fit(x, y, {...FIT, epochs: 1, callbacks: schedule});
    };
    const bits = layers.stochasticBinary({name: 'unmoved', estimator: 'identity'});
    const model = sequential({
      layers: [
        keras.dense({units: 4, inputShape: [5]}),
        layers.stochasticBinary({name: 'moved'}),
        bits,
        keras.dense({units: 3}),
      ],
    });
    model.compile({optimizer: train.sgd(0), loss: 'meanSquaredError'});
    const message =
      'TemperatureSchedule: `layers` must be names of layers whose estimator takes temperatures, got "unmoved".';
    for (const names of [undefined, ['unmoved']]) await expect(trainUnder(names)).rejects.toThrow(message);
    await trainUnder(['moved']);
  });

  it('rejects what is not a schedule, two names for one schedule, and unknown options', () => {
    for (const none of [{}, undefined as never]) {
      const make = () => callbacks.temperatureSchedule(none);
      expect(make).toThrow(/^TemperatureSchedule: pass at least one of `forwardTemperature` and/);
    }
    expect(() => callbacks.temperatureSchedule({backward: 1 as never})).toThrow(
      'TemperatureSchedule: `backward` must be a function of the epoch, got 1.',
    );
    expect(() => callbacks.temperatureSchedule({forward: () => 1, forwardTemperature: () => 2})).toThrow(
      'TemperatureSchedule: `forward` must be left out where `forwardTemperature` is given, got function forward.',
    );
    expect(() => callbacks.temperatureSchedule({backwards: () => 1} as never)).toThrow(
      'TemperatureSchedule: unknown option `backwards`; did you mean `backward`?',
    );
  });

  it.each([
    [
      {backwardTemperature: functional.schedules.linear(1, 0, 4)},
      'at epoch 4: `backwardTemperature` must be a finite number > 0, got 0.',
    ],
    [
      {backward: (epoch: number) => 1 / (3 - epoch)},
      'at epoch 3: `backwardTemperature` must be a finite number > 0, got Infinity.',
    ],
    [
      {forward: (epoch: number) => 1 - epoch},
      'at epoch 2: `forwardTemperature` must be a finite number >= 0, got -1.',
    ],
  ])(
    'names the epoch at which a schedule will leave the range, before training begins',
    async (args, message) => {
      const bits = layers.stochasticBinary();
      const [before, trained] = [bits.getConfig(), build(bits, 4)];
      const schedule = callbacks.temperatureSchedule(args);
      await expect(trained.fit(x, y, {...FIT, epochs: 6, callbacks: schedule})).rejects.toThrow(
        `TemperatureSchedule, ${message}`,
      );
      expect(bits.backwardTemperature).toBe(before.backwardTemperature);
    },
  );

  it('rejects a forward temperature of 0 for an estimator with one temperature', async () => {
    const tied = layers.stochasticBinary({estimator: 'softmax'});
    const schedule = callbacks.temperatureSchedule({forward: functional.schedules.linear(1, 0, 2)});
    await expect(build(tied, 4).fit(x, y, {...FIT, epochs: 3, callbacks: schedule})).rejects.toThrow(
      'TemperatureSchedule, at epoch 2: `forwardTemperature` must be a finite number > 0, got 0.',
    );
  });
});
