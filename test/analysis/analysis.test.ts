import {
  matMul,
  memory,
  randomNormal,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  train,
} from '@tensorflow/tfjs-core';
import {initializers, layers as keras, type Sequential, sequential} from '@tensorflow/tfjs-layers';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import * as analysis from '../../src/analysis/index.js';
import {callbacks, type DiscreteLayer, functional, layers} from '../../src/index.js';

const decoder = tensor([
  [0.5, -1, 0.3],
  [1.2, 0.1, -0.4],
  [-0.7, 0.9, 0.2],
  [0.1, 0.4, -1.1],
  [0.8, -0.6, 0.5],
  [-0.2, 0.3, 1.4],
]);
const target = tensor([0.4, -0.2, 0.9]);
const logits = tensor([
  [0.3, -0.8, 1.1],
  [-0.5, 0.2, 0.6],
]);

/** |code W - target|^2: quadratic in the code, with an interaction between the groups. */
const quadratic = (codes: Tensor) => sum(square(sub(matMul(reshape(codes, [-1, 6]), decoder), target)), 1);

const lossOf = (code: number[]): number => {
  const weights = decoder.arraySync() as number[][];
  return [0, 1, 2].reduce((total, j) => {
    const out = code.reduce((inner, bit, i) => inner + bit * weights[i]![j]!, 0);
    return total + (out - [0.4, -0.2, 0.9][j]!) ** 2;
  }, 0);
};

/** E[loss] written out, in float64. */
function expectation(flat: number[], tf: number): number {
  const p = [flat.slice(0, 3), flat.slice(3)].map((row) => {
    const weights = row.map((logit) => Math.exp(logit / tf));
    return weights.map((weight) => weight / weights.reduce((total, each) => total + each));
  });
  let expected = 0;
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      const code = [0, 1, 2].map((c) => +(c === a)).concat([0, 1, 2].map((c) => +(c === b)));
      expected += p[0]![a]! * p[1]![b]! * lossOf(code);
    }
  }
  return expected;
}

/**
 * E|sum over groups of W_g[z_g] - goal|^2 and its gradient by the logits, in float64: the squared mean, plus each group's
 * own variance, since groups are sampled independently.
 */
function quadraticInClosedForm(weights: number[][][], goal: number[], own: number[][], tf: number) {
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  const probs = own.map((row) => {
    const odds = row.map((logit) => Math.exp(logit / tf));
    return odds.map((each) => each / total(odds));
  });
  const means = weights.map((rows, g) =>
    goal.map((_, j) => total(rows.map((row, c) => probs[g]![c]! * row[j]!))),
  );
  const errors = goal.map((wanted, j) => total(means.map((mean) => mean[j]!)) - wanted);
  const squares = weights.map((rows) => rows.map((row) => total(row.map((weight) => weight ** 2))));
  const variances = squares.map(
    (each, g) => total(each.map((square, c) => probs[g]![c]! * square)) - total(means[g]!.map((m) => m ** 2)),
  );
  const gradient = weights.flatMap((rows, g) => {
    // dE/dp, then the softmax's Jacobian.
    const slopes = rows.map(
      (row, c) => squares[g]![c]! + total(row.map((w, j) => 2 * w * (errors[j]! - means[g]![j]!))),
    );
    const mean = total(slopes.map((slope, c) => probs[g]![c]! * slope));
    return slopes.map((slope, c) => (probs[g]![c]! * (slope - mean)) / tf);
  });
  const reach = goal.map((wanted, j) => {
    const most = weights.map((rows) => Math.max(...rows.map((row) => Math.abs(row[j]!))));
    return total(most) + Math.abs(wanted);
  });
  const largestLoss = total(reach.map((each) => each ** 2));
  return {loss: total(errors.map((error) => error ** 2)) + total(variances), gradient, largestLoss};
}

let before: number;
beforeEach(() => {
  before = memory().numTensors;
});
afterEach(() => expect(memory().numTensors).toBe(before));

describe('exactGradient', () => {
  it.each([1, 4096])('is the derivative of the expectation, %i codes at a time', async (chunk) => {
    const {expectedLoss, gradient} = await analysis.exactGradient(quadratic, logits, {
      forwardTemperature: 0.7,
      chunk,
    });
    const flat = Array.from(logits.dataSync());
    expect(expectedLoss).toBeCloseTo(expectation(flat, 0.7), 5);
    const h = 1e-4;
    flat.forEach((_, i) => {
      const shifted = (by: number) =>
        expectation(
          flat.map((logit, j) => logit + (i === j ? by : 0)),
          0.7,
        );
      expect(gradient[i]).toBeCloseTo((shifted(h) - shifted(-h)) / (2 * h), 5); // losses are float32
    });
  });

  it.each([
    [4, 8],
    [8, 4],
  ])('agrees with the closed form of a quadratic, %i groups of %i', async (groups, categories) => {
    const outputs = 3;
    const [weights, own, goal] = tidy(() => [
      randomNormal([groups, categories, outputs], 0, 1, 'float32', 11),
      randomNormal([groups, categories], 0, 1, 'float32', 12),
      randomNormal([outputs], 0, 1, 'float32', 13),
    ]) as [Tensor, Tensor, Tensor];
    const loss = (codes: Tensor) => {
      const flat = reshape(codes, [-1, groups * categories]);
      return sum(square(sub(matMul(flat, reshape(weights, [-1, outputs])), goal)), 1);
    };
    const {expectedLoss, gradient} = await analysis.exactGradient(loss, own, {forwardTemperature: 0.7});
    const expected = quadraticInClosedForm(
      weights.arraySync() as number[][][],
      goal.arraySync() as number[],
      own.arraySync() as number[][],
      0.7,
    );
    // A float32 loss is off by some 2^-24 for each of its groups' sums and squares; so is what the codes average.
    const error = (groups + 2) * 2 ** -24 * expected.largestLoss;
    expect(Math.abs(expectedLoss - expected.loss)).toBeLessThan(error);
    gradient.forEach((value, i) => {
      expect(Math.abs(value - expected.gradient[i]!)).toBeLessThan((2 * error) / 0.7);
    });
    expect(Math.hypot(...gradient)).toBeGreaterThan(1); // far above the error
    for (const each of [weights, own, goal]) each.dispose();
  });

  it('rejects logits without groups and more codes than it enumerates', async () => {
    await expect(analysis.exactGradient(quadratic, target)).rejects.toThrow(
      'exactGradient: `logits` must be of shape [groups, categories], got [3].',
    );
    const many = tidy(() => randomNormal([30, 8]));
    await expect(analysis.exactGradient(quadratic, many)).rejects.toThrow(
      /^exactGradient: `logits` must be of at most/,
    );
    many.dispose();
  });
});

describe('estimatorMoments', () => {
  const passes = 40_000;
  const standardErrors = ({standardDeviation}: analysis.EstimatorMoments) =>
    standardDeviation.map((deviation) => deviation / Math.sqrt(passes));

  it.each([
    ['reinforce', 0.7],
    ['reinMax', 1.3], // exact in expectation for one group's quadratic; the interaction is bilinear, so exact too
  ])('finds no bias in %s', async (estimator, temperature) => {
    const exact = await analysis.exactGradient(quadratic, logits, {forwardTemperature: temperature});
    const moments = await analysis.estimatorMoments(quadratic, logits, {
      estimator,
      temperature,
      passes,
      seed: 5,
    });
    const errors = standardErrors(moments);
    moments.mean.forEach((mean, i) => {
      expect(Math.abs(mean - exact.gradient[i]!)).toBeLessThan(4 * errors[i]!);
    });
  });

  it('finds the bias of the straight-through estimators, and less noise than in REINFORCE', async () => {
    const exact = await analysis.exactGradient(quadratic, logits);
    const of = async (estimator: string) =>
      analysis.biasVariance(
        exact,
        await analysis.estimatorMoments(quadratic, logits, {estimator, passes, seed: 5}),
      );
    const [softmaxed, reinforce, reinMax] = [await of('softmax'), await of('reinforce'), await of('reinMax')];
    expect(softmaxed.relativeBias).toBeGreaterThan(5 * reinMax.relativeBias);
    expect(reinforce.relativeDeviation).toBeGreaterThan(1.5 * softmaxed.relativeDeviation);
    expect(softmaxed.cosine).toBeGreaterThan(0.5);
    expect(reinMax.cosine).toBeGreaterThan(0.999);
  });

  it('divides the bias by the norm of the exact gradient, and the deviation by nothing, by that, and by the norm of the mean', () => {
    const found = analysis.biasVariance(
      {expectedLoss: 0, gradient: Float64Array.of(6, 8)},
      {mean: Float64Array.of(6, 4), standardDeviation: Float64Array.of(5, 12)},
    );
    expect(found.relativeBias).toBeCloseTo(4 / 10, 12);
    expect(found.deviation).toBeCloseTo(13, 12);
    expect(found.relativeDeviation).toBeCloseTo(13 / 10, 12);
    expect(found.noiseToSignal).toBeCloseTo(13 / Math.sqrt(52), 12);
    expect(found.cosine).toBeCloseTo((36 + 32) / (10 * Math.sqrt(52)), 12);
  });

  it('computes mean and standard deviation per entry', async () => {
    const one = tensor([[0.5, -0.5]]);
    const linear = (codes: Tensor) => sum(sum(codes, 1), 1); // constant 1, whatever the code
    const {mean, standardDeviation} = await analysis.estimatorMoments(linear, one, {
      estimator: 'reinforce',
      passes: 10_000,
      seed: 1,
    });
    const p = 1 / (1 + Math.exp(-1));
    expect(standardDeviation[0]).toBeCloseTo(Math.sqrt(p * (1 - p)), 1.7);
    expect(Math.abs(mean[0]!)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 10_000));
    one.dispose();
  });
});

describe('gradientGap', () => {
  const temperatures = {forwardTemperature: 0.7, backwardTemperature: 1.9};
  const flat = Array.from(logits.dataSync());
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const squared = (values: readonly number[]) => total(values.map((value) => value ** 2));

  /** softmax(l / t + g) of both groups. */
  const probsAt = (t: number, noise: ArrayLike<number> = new Float32Array(6)) =>
    [0, 3].flatMap((group) => {
      const odds = [0, 1, 2].map((c) => Math.exp(flat[group + c]! / t + noise[group + c]!));
      return odds.map((each) => each / total(odds));
    });
  const jacobianProduct = (slopes: readonly number[], p: readonly number[], t: number) =>
    slopes.map((slope, i) => {
      const group = 3 * Math.floor(i / 3);
      const inner = total([0, 1, 2].map((c) => p[group + c]! * slopes[group + c]!));
      return (p[i]! * (slope - inner)) / t;
    });
  /** Of `quadratic`. */
  const slopesAt = (code: ArrayLike<number>) => {
    const weights = decoder.arraySync() as number[][];
    const errors = [0.4, -0.2, 0.9].map(
      (wanted, j) => total(weights.map((row, i) => code[i]! * row[j]!)) - wanted,
    );
    return weights.map((row) => total(row.map((weight, j) => 2 * weight * errors[j]!)));
  };

  it.each(['decoupled', 'decoupledGumbel'] as const)(
    'is what one sample of %s gives by hand',
    async (estimator) => {
      const args = {...temperatures, estimator, seed: 4};
      const found = await analysis.gradientGap(quadratic, logits, {...args, passes: 1});
      const [z, gumbel] = tidy(() => [
        functional.decoupledCategorical(reshape(logits, [1, 2, 3]), args).dataSync(),
        functional.gumbelNoise([1, 2, 3], {seed: 4, stream: 0, step: 0}).dataSync(),
      ]) as unknown as Float32Array[];
      const noise = estimator === 'decoupled' ? undefined : gumbel;
      const [forward, backward] = [probsAt(0.7, noise), probsAt(1.9, noise)];
      const [hard, soft] = [slopesAt(z!), slopesAt(forward)];
      const sampled = jacobianProduct(hard, backward, 1.9);
      const distance = (relaxed: number[]) => squared(relaxed.map((value, i) => value - sampled[i]!));
      expect(found.gap / distance(jacobianProduct(soft, backward, 1.9))).toBeCloseTo(1, 4);
      expect(found.gapThroughRelaxation / distance(jacobianProduct(soft, forward, 0.7))).toBeCloseTo(1, 4);
      expect(found.size / squared(sampled)).toBeCloseTo(1, 4);
    },
  );

  it('averages over samples', async () => {
    const passes = 4000;
    const {size} = await analysis.gradientGap(quadratic, logits, {...temperatures, passes, seed: 4});
    const [forward, backward] = [probsAt(0.7), probsAt(1.9)];
    const sizes = [0, 1, 2].flatMap((first) =>
      [0, 1, 2].map((second) => {
        const code = [0, 1, 2, 3, 4, 5].map((i) => Number(i === first || i === 3 + second));
        const weight = forward[first]! * forward[3 + second]!;
        return {weight, value: squared(jacobianProduct(slopesAt(code), backward, 1.9))};
      }),
    );
    const expected = total(sizes.map(({weight, value}) => weight * value));
    const variance = total(sizes.map(({weight, value}) => weight * (value - expected) ** 2));
    expect(Math.abs(size - expected)).toBeLessThan(4 * Math.sqrt(variance / passes));
  });

  it('falls with the backward temperature, for both estimators', async () => {
    for (const estimator of ['decoupled', 'decoupledGumbel'] as const) {
      const at = async (backwardTemperature: number) => {
        const args = {estimator, forwardTemperature: 0.5, backwardTemperature, seed: 4};
        return (await analysis.gradientGap(quadratic, logits, args)).gap;
      };
      expect(await at(4)).toBeLessThan(await at(1));
    }
  });
});

describe('of a model', () => {
  const x = randomNormal([50, 5], 0, 1, 'float32', 3);
  const y = randomNormal([50, 2], 0, 1, 'float32', 4);
  let model: Sequential;

  function build(): Sequential {
    const start = () => ({kernelInitializer: initializers.randomNormal({stddev: 1, seed: 5})});
    const built = sequential();
    built.add(keras.dense({units: 8, inputShape: [5], ...start()}));
    built.add(
      layers.stochasticBinary({forwardTemperature: 1, backwardTemperature: 0.7, seed: 6, name: 'bits'}),
    );
    built.add(
      layers.logicGateLayer({
        units: 9,
        temperature: 1,
        seed: 6,
        gateInitializer: 'randomNormal',
        name: 'gates',
      }),
    );
    built.add(keras.dense({units: 2, ...start()}));
    built.compile({optimizer: train.sgd(0), loss: 'meanSquaredError'});
    return built;
  }

  beforeEach(() => {
    model = build();
    before = memory().numTensors;
  });

  it('an epoch without learning reports what the monitors report in fit', async () => {
    const logs = await analysis.epochWithoutLearning(model, x, y, {batchSize: 20});
    const fitted = build();
    const {history} = await fitted.fit(x, y, {
      batchSize: 20,
      shuffle: false,
      verbose: 0,
      epochs: 1,
      callbacks: callbacks.monitors(),
    });
    fitted.dispose();
    const {loss: _, ...reported} = history;
    expect(Object.keys(reported).sort()).toEqual(Object.keys(logs).sort());
    for (const [key, [value]] of Object.entries(reported))
      expect(Math.abs(logs[key]! - (value as number))).toBeLessThanOrEqual(1e-5 * (value as number));
    before = memory().numTensors; // a fitted model leaves its optimizer's variables
  });

  it('signal to noise equals the moments of the same samples, computed in float64', async () => {
    const passes = 30;
    const sampled: number[][] = [];
    const ratio = await analysis.signalToNoise(() => {
      const grads = analysis.lossGradients(model, x, y);
      sampled.push(Object.values(grads).flatMap((gradient) => Array.from(gradient.dataSync())));
      return grads;
    }, passes);
    const columns = sampled[0]!.map((_, i) => sampled.map((row) => row[i]!));
    const means = columns.map((column) => column.reduce((t, v) => t + v) / passes);
    const variances = columns.map(
      (column, i) => column.reduce((t, v) => t + (v - means[i]!) ** 2, 0) / (passes - 1),
    );
    const total = (values: number[]) => values.reduce((t, v) => t + v, 0);
    expect(ratio.overall).toBeCloseTo(Math.sqrt(total(means.map((m) => m * m)) / total(variances)), 3);
    expect(ratio.perEntry).toBeGreaterThan(0);
  });

  it('sweeps restore the temperatures, even if they fail', async () => {
    const discrete = ['bits', 'gates'].map((name) => model.getLayer(name) as DiscreteLayer);
    for (const layer of discrete) layer.forwardTemperature = 0; // without sampling, only the Jacobian changes from point to point
    const points = await analysis.sweepBackward(model, x, y, [0.5, 1, 4], {batchSize: 25});
    expect(points.map(({backwardTemperature}) => backwardTemperature)).toEqual([0.5, 1, 4]);
    expect(points[2]!.gradientNorm).toBeLessThan(points[1]!.gradientNorm);
    for (const point of points) expect(point.activeUnits).toBe(100 - point.deadUnits);
    for (const layer of discrete) {
      expect(layer.forwardTemperature).toBe(0);
      layer.forwardTemperature = 1;
    }
    const forward = await analysis.sweepForward(model, x, y, [0, 3], {
      passes: 40,
      batchSize: 25,
      signalSamples: 10,
    });
    expect(forward[0]!.overall).toBe(Infinity); // nothing is sampled, so every pass is the same
    expect(forward[1]!.overall).toBeLessThan(10);
    expect(forward[1]!.perplexity).toBeGreaterThan(1);
    await expect(analysis.sweepForward(model, x, y, [1, -1], {passes: 2})).rejects.toThrow(
      'StochasticBinary: `forwardTemperature` must be a finite number >= 0, got -1.',
    );
    expect(model.getLayer('bits').getConfig()).toMatchObject({
      forwardTemperature: 1,
      backwardTemperature: 0.7,
    });
    expect(model.getLayer('gates').getConfig()).toMatchObject({
      forwardTemperature: 1,
      backwardTemperature: 1,
    });
  });

  it('a sweep applies several thresholds to the same samples', async () => {
    const thresholds = [1e-3, 0.3, 3];
    const points = await analysis.sweepBackward(model, x, y, [0.5, 2], {
      batchSize: 20,
      threshold: thresholds,
    });
    expect(points.map(({backwardTemperature, threshold}) => [backwardTemperature, threshold])).toEqual(
      [0.5, 2].flatMap((temperature) => thresholds.map((threshold) => [temperature, threshold])),
    );
    for (const [i, threshold] of thresholds.entries()) {
      const again = build(); // the same seeds, so the same samples
      const alone = await analysis.sweepBackward(again, x, y, [0.5, 2], {batchSize: 20, threshold});
      expect([points[i], points[3 + i]]).toEqual(alone);
      again.dispose();
    }
    expect(points[1]!.deadUnits).toBeGreaterThan(points[0]!.deadUnits);
    expect(points[2]!.deadUnits).toBeGreaterThan(points[1]!.deadUnits);
    await expect(analysis.sweepBackward(model, x, y, [1], {threshold: []})).rejects.toThrow(
      'sweepBackward: `threshold` must be a number, or several, got [].',
    );
    before = memory().numTensors; // a model leaves its optimizer's variables
  });

  it('a sweep applies fractions and thresholds per sample to the same samples as thresholds', async () => {
    const bits = model.getLayer('bits');
    const args = {batchSize: 20, layers: [bits.name]};
    const criteria = [{relative: 1}, {threshold: 0.3, per: 'sample'}] as const;
    const points = await analysis.sweepBackward(model, x, y, [0.5], {...args, threshold: 0.3, criteria});
    expect(points).toMatchObject([{threshold: 0.3}, ...criteria]);
    const [byUnit, relative, bySample] = points.map(({deadUnits}) => deadUnits);
    expect(relative).toBeGreaterThan(0); // some unit is below the mean, and some above
    expect(relative).toBeLessThan(100);
    expect(bySample).toBeGreaterThan(0);
    expect(bySample).toBeLessThan(100);
    expect(bySample).not.toBe(byUnit);
    const alone = await analysis.sweepBackward(build(), x, y, [0.5], {...args, criteria});
    expect(alone).toHaveLength(2);
    before = memory().numTensors; // a model leaves its optimizer's variables
  });

  it('counts each layer’s gates', async () => {
    const [only, ...more] = await analysis.gateDistribution(model);
    expect(more).toEqual([]);
    const gates = model.getLayer('gates').getWeights()[0]!.arraySync() as number[][];
    const counts = new Array<number>(16).fill(0);
    for (const row of gates) counts[row.indexOf(Math.max(...row))]!++;
    expect(only!.counts).toEqual(counts);
    expect(only!.names[6]).toBe('XOR');
  });

  it('requires a compiled model', async () => {
    const bare = sequential({layers: [keras.dense({units: 2, inputShape: [5]})]});
    const message = (owner: string) =>
      new RegExp(`^Error: ${owner}: \`model\` must be compiled.*model.compile`);
    expect(() => analysis.lossGradients(bare, x, y)).toThrow(/^lossGradients: `model` must be compiled/);
    await expect(analysis.sweepBackward(bare, x, y, [1]).catch(String)).resolves.toMatch(
      message('sweepBackward'),
    );
    await expect(analysis.sweepForward(bare, x, y, [1]).catch(String)).resolves.toMatch(
      message('sweepForward'),
    );
    await expect(analysis.epochWithoutLearning(bare, x, y).catch(String)).resolves.toMatch(
      message('epochWithoutLearning'),
    );
    bare.dispose();
  });

  it('rejects options that a study does not have', async () => {
    const loss = (codes: Tensor) => sum(codes, [1, 2]);
    const wrong = {seeds: 1} as never;
    for (const [call, message] of [
      [
        () => analysis.sweepBackward(model, x, y, [1], {batchsize: 2} as never),
        'sweepBackward: unknown option `batchsize`; did you mean `batchSize`?',
      ],
      [
        () => analysis.sweepForward(model, x, y, [1], {pass: 2} as never),
        'sweepForward: unknown option `pass`; did you mean `passes`?',
      ],
      [
        () => analysis.epochWithoutLearning(model, x, y, {layer: []} as never),
        'epochWithoutLearning: unknown option `layer`; did you mean `layers`?',
      ],
      [
        () => analysis.estimatorMoments(loss, logits, wrong),
        'estimatorMoments: unknown option `seeds`; did you mean `seed`?',
      ],
      [
        () => analysis.gradientGap(loss, logits, wrong),
        'gradientGap: unknown option `seeds`; did you mean `seed`?',
      ],
      [
        () => analysis.exactGradient(loss, logits, {chunks: 1} as never),
        'exactGradient: unknown option `chunks`; did you mean `chunk`?',
      ],
    ] as const) {
      await expect(call()).rejects.toThrow(message);
    }
  });
});
