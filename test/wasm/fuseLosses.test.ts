import {memory, profile, setBackend, type Tensor, tensor2d, train} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';

type Loss = 'binaryCrossentropy' | 'categoricalCrossentropy';

interface Step {
  readonly rows: number;
  readonly columns: number;
  readonly outputs: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  readonly loss: unknown;
  readonly activation?: 'linear' | 'softmax' | 'sigmoid';
  readonly classWeight?: {readonly [label: number]: number};
  /** Of the labels. */
  readonly dtype?: 'float32' | 'int32' | 'bool';
}

/**
 * Trains one step of a model whose outputs, before the activation, are its weights, since its inputs are the rows of the identity.
 *
 * @returns The loss, the gradient for the weights, and the kernels that ran.
 */
async function stepOf(step: Step) {
  const {rows, columns, outputs, labels, loss, activation = 'linear', classWeight, dtype = 'float32'} = step;
  let gradient: number[] = [];
  const dense = tf.layers.dense({units: columns, inputShape: [rows], useBias: false, activation});
  const model = tf.sequential({layers: [dense]});
  const optimizer = train.sgd(1);
  optimizer.applyGradients = (gradients) => {
    gradient = Array.from((gradients as {tensor: Tensor}[])[0]!.tensor.dataSync());
  };
  model.compile({optimizer, loss: loss as Loss});
  const identity = Array.from({length: rows * rows}, (_, i) => (i % (rows + 1) === 0 ? 1 : 0));
  const x = tensor2d(identity, [rows, rows]);
  const z = tensor2d(Array.from(labels), [rows, columns], dtype);
  const weights = tensor2d(Array.from(outputs), [rows, columns]);
  dense.setWeights([weights]);
  let value = 0;
  const {kernels} = await profile(async () => {
    if (classWeight === undefined) {
      value = (await model.trainOnBatch(x, z)) as number;
    } else {
      const {history} = await model.fit(x, z, {batchSize: rows, shuffle: false, verbose: 0, classWeight});
      value = history.loss![0] as number;
    }
    return [] as Tensor[];
  });
  for (const each of [x, z, weights, model, optimizer]) each.dispose();
  return {value, gradient, kernels: kernels.map(({name}) => name)};
}

const uniform = (n: number, seed: number) => fillUniform(new Float32Array(n), {seed, stream: 0, step: 0});

const cases = fc.record({
  rows: fc.integer({min: 1, max: 9}),
  columns: fc.oneof(fc.integer({min: 2, max: 40}), fc.constantFrom(784, 1025)),
  hard: fc.boolean(),
  activation: fc.constantFrom('linear', 'softmax', 'sigmoid'),
  seed: fc.nat(),
});

function stepFor({
  rows,
  columns,
  hard,
  activation,
  seed,
}: typeof cases extends fc.Arbitrary<infer T> ? T : never) {
  const n = rows * columns;
  const [from, width] = activation === 'linear' ? [-0.1, 1.2] : [-8, 16];
  const outputs = uniform(n, seed).map((u) => from + width * u);
  if (hard && activation === 'linear') {
    // Exactly 0, 1 and 1/2, and the limits to which predictions are clipped.
    const special = [0, 1, 0.5, 1e-7, 1 - 1e-7, 1e-8, -0, 3];
    outputs.set(special.slice(0, n));
  }
  const labels = uniform(n, seed + 1).map((u) => (hard ? Math.round(u) : u));
  return {rows, columns, outputs, labels, activation};
}

describe('the fused cross-entropies', () => {
  let kernels: TrainingKernels;
  beforeEach(() => {
    kernels = installTrainingKernels();
  });
  afterEach(async () => {
    await setBackend('wasm');
    kernels.restore();
  });

  it.each([
    ['binaryCrossentropy', 'DiscreteBinaryCrossEntropy'],
    ['categoricalCrossentropy', 'DiscreteCategoricalCrossEntropy'],
  ] as const)('of %s equal those of tfjs-layers bit for bit, and so do the gradients', async (loss, name) => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const step = stepFor(one);
        const fused = await stepOf({...step, loss});
        const plain = await stepOf({...step, loss: tf.metrics[loss]});
        expect(fused.kernels).toEqual(expect.arrayContaining([name, `${name}Gradient`]));
        expect(plain.kernels).not.toContain(name);
        expect(fused.value).toBe(plain.value);
        expect(fused.gradient).toEqual(plain.gradient);
      }),
      {numRuns: 150, seed: 3},
    );
  });

  it('are NaN for a prediction that is NaN, as on the cpu backend, where the wasm backend clips it to a number', async () => {
    for (const loss of ['binaryCrossentropy', 'categoricalCrossentropy'] as const) {
      const step = {
        rows: 1,
        columns: 9,
        outputs: [Number.NaN, ...uniform(8, 1)],
        labels: uniform(9, 2),
        loss,
      };
      await setBackend('wasm');
      const onWasm = await stepOf(step);
      await setBackend('cpu');
      const onCpu = await stepOf(step);
      expect([onWasm.value, onCpu.value]).toEqual([Number.NaN, Number.NaN]);
      expect(onWasm.gradient.map(Number.isNaN)).toEqual(onCpu.gradient.map(Number.isNaN));
    }
  });

  it('serve every way to name a loss, and weights of classes', async () => {
    const one = {rows: 3, columns: 4, outputs: uniform(12, 1), activation: 'softmax'} as const;
    const labels = [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1];
    const fused = 'DiscreteCategoricalCrossEntropy';
    expect((await stepOf({...one, labels, loss: ['categoricalCrossentropy']})).kernels).toContain(fused);
    const classWeight = {0: 1, 1: 2, 2: 5, 3: 0.5};
    const weighted = await stepOf({...one, labels, loss: 'categoricalCrossentropy', classWeight});
    const plain = await stepOf({...one, labels, loss: tf.metrics.categoricalCrossentropy, classWeight});
    expect(weighted.kernels).toContain(fused);
    expect(weighted.gradient).toEqual(plain.gradient);
    expect(weighted.value).toBe(plain.value);
  });

  it.each(['int32', 'bool'] as const)(
    'take %s labels, such as those of oneHot, as numbers',
    async (dtype) => {
      const one = {rows: 3, columns: 4, outputs: uniform(12, 1), activation: 'softmax', dtype} as const;
      const labels = [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1];
      for (const [loss, name] of [
        ['binaryCrossentropy', 'DiscreteBinaryCrossEntropy'],
        ['categoricalCrossentropy', 'DiscreteCategoricalCrossEntropy'],
      ] as const) {
        const fused = await stepOf({...one, labels, loss});
        const plain = await stepOf({...one, labels, loss: tf.metrics[loss]});
        expect(fused.kernels).toContain(name);
        expect([fused.value, fused.gradient]).toEqual([plain.value, plain.gradient]);
      }
    },
  );

  it('end with `restore` in a model that is training, too', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({units: 2, inputShape: [3], activation: 'softmax'})],
    });
    model.compile({optimizer: 'sgd', loss: 'categoricalCrossentropy'});
    const [x, y] = [tensor2d(uniform(12, 1), [4, 3]), tensor2d(uniform(8, 2), [4, 2])];
    const onBatchEnd = async (batch: number) => {
      if (batch === 1) kernels.restore();
    };
    const {history} = await model.fit(x, y, {batchSize: 1, verbose: 0, callbacks: {onBatchEnd}});
    expect(history.loss![0]).toBeGreaterThan(0);
    for (const each of [x, y, model]) each.dispose();
  });

  it('train each output of a model by the loss that is named for it', async () => {
    const kernelsOf = async (loss: Record<string, string>) => {
      const input = tf.input({shape: [3]});
      const outputs = ['first', 'second'].map((name) =>
        tf.layers.dense({name, units: 2, activation: 'softmax'}).apply(input),
      ) as tf.SymbolicTensor[];
      const model = tf.model({inputs: input, outputs});
      model.compile({optimizer: 'sgd', loss});
      const [x, y] = [tensor2d([[1, 2, 3]]), tensor2d([[0, 1]])];
      const {kernels: ran} = await profile(async () => {
        await model.trainOnBatch(x, [y, y]);
        return [] as Tensor[];
      });
      for (const each of [x, y, model]) each.dispose();
      return ran.map(({name}) => name).filter((name) => /CrossEntropy$/.test(name));
    };
    const [binary, categorical] = ['DiscreteBinaryCrossEntropy', 'DiscreteCategoricalCrossEntropy'];
    expect(await kernelsOf({first: 'binaryCrossentropy', second: 'categoricalCrossentropy'})).toEqual([
      binary,
      categorical,
    ]);
    expect(await kernelsOf({first: 'meanSquaredError', second: 'binaryCrossentropy'})).toEqual([binary]);
  });

  it('leave other losses, backends and functions alone, and nothing behind', async () => {
    const one = {rows: 2, columns: 3, outputs: uniform(6, 1), labels: uniform(6, 2)};
    const before = memory().numTensors;
    for (const loss of ['meanSquaredError', tf.metrics.binaryCrossentropy]) {
      const {kernels: ran} = await stepOf({...one, loss});
      expect(ran.filter((name) => name.includes('CrossEntropy'))).toEqual([]);
    }
    await stepOf({...one, loss: 'binaryCrossentropy'});
    await stepOf({...one, loss: 'categoricalCrossentropy'});
    expect(memory().numTensors).toBe(before);
    await setBackend('cpu');
    const {kernels: onCpu} = await stepOf({...one, loss: 'binaryCrossentropy'});
    expect(onCpu.filter((name) => name.includes('CrossEntropy'))).toEqual([]);
  });

  it('end with `restore`', async () => {
    kernels.restore();
    const one = {rows: 2, columns: 3, outputs: uniform(6, 1), labels: uniform(6, 2)};
    const {kernels: ran} = await stepOf({...one, loss: 'binaryCrossentropy'});
    expect(ran.filter((name) => name.includes('CrossEntropy'))).toEqual([]);
  });
});
