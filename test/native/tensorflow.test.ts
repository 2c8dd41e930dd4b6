import {existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {
  backend,
  getBackend,
  mean,
  type Scalar,
  setBackend,
  square,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import {type Callback, loadLayersModel, sequential} from '@tensorflow/tfjs-layers';
import {callbacks, layers, optimizers} from 'tfjs-discrete';
import {fileSystem, useBackend} from 'tfjs-discrete/node';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {logicGates} from '../../src/kernels/index.js';
import {curve, eventFilesIn} from '../support/eventFiles.js';
import {dense, modelAround, SUBJECTS} from '../support/subjects.js';
import {numbersOf, predictions, uniformTensor, weightsOf} from '../support/values.js';

const fromNative = createRequire(join(process.env.TFJS_NODE_FOLDER!, 'package.json'));
const tfjsNode = dirname(fromNative.resolve('@tensorflow/tfjs-node/package.json'));

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'native-'));
  vi.spyOn(process, 'cwd').mockReturnValue(project);
});
afterEach(async () => {
  vi.restoreAllMocks();
  rmSync(project, {recursive: true, force: true});
  await setBackend('tensorflow');
});

/** Puts the real tfjs-node into the project, under either name: on a machine without CUDA both run the same code. */
function install(name: 'tfjs-node' | 'tfjs-node-gpu'): void {
  mkdirSync(join(project, 'node_modules/@tensorflow'), {recursive: true});
  symlinkSync(tfjsNode, join(project, 'node_modules/@tensorflow', name));
}

/** One of every kind of discrete unit, and an optimizer of this package. */
function everyKind() {
  const model = sequential({
    layers: [
      dense({units: 8, inputShape: [5], seed: 1}),
      layers.decoupledCategorical({categories: 4, seed: 2}),
      dense({units: 6, seed: 3}),
      layers.stochasticBinary({seed: 4, name: 'bits'}),
      layers.logicGateLayer({units: 12, seed: 5, name: 'gates'}),
      layers.vectorQuantizer({codes: 3, seed: 6}),
      dense({units: 2, seed: 7}),
    ],
  });
  model.compile({optimizer: optimizers.adamW({learningRate: 0.01}), loss: 'meanSquaredError'});
  return model;
}

describe('useBackend', () => {
  it('takes tfjs-node when asked to, and says that it computes on the CPU', async () => {
    install('tfjs-node');
    await setBackend('cpu');
    const choice = await useBackend('tensorflow');
    expect(getBackend()).toBe('tensorflow');
    expect(choice.message).toBe(
      "Backend: tensorflow, from @tensorflow/tfjs-node ('tensorflow' was asked for, on the CPU; " +
        '@tensorflow/tfjs-node-gpu is not installed).',
    );
  });

  it('loads tfjs-node-gpu by the same path, and prefers wasm while that finds no GPU', async () => {
    install('tfjs-node-gpu');
    expect((await useBackend('tensorflow')).package).toBe('@tensorflow/tfjs-node-gpu');
    const choice = await useBackend();
    expect(choice.backend).toBe('wasm');
    expect(choice.passedOver).toEqual([
      {package: '@tensorflow/tfjs-node-gpu', reason: 'finds no GPU to use'},
    ]);
  });
});

describe('a GPU', () => {
  const onGpu = (isUsingGpuDevice: boolean) => Object.assign(backend(), {isUsingGpuDevice});
  afterEach(() => onGpu(false));

  /** How often tensors are read in a step and in a prediction. */
  function reads(subject: (typeof SUBJECTS)[number]): number {
    const model = modelAround(subject, subject.make());
    const x = uniformTensor([4, ...subject.shapes[0]![0]], 0, 1, 7);
    const spies = [vi.spyOn(backend(), 'readSync'), vi.spyOn(backend(), 'read')];
    const optimizer = optimizers.adam({learningRate: 0.01, globalClipNorm: 1});
    tidy(() => {
      const loss = () => mean(square(model.apply(x, {training: true}) as Tensor)) as Scalar;
      if (model.trainableWeights.length > 0) optimizer.minimize(loss);
      else loss();
    });
    tidy(() => model.predict(x));
    const count = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    for (const spy of spies) spy.mockRestore();
    for (const one of [x, model, optimizer]) one.dispose();
    return count;
  }

  it.each(SUBJECTS)('is never waited for in a step or a prediction: $title', (subject) => {
    onGpu(true);
    expect(reads(subject)).toBe(0);
  });

  it('gathers the inputs of gates as a CPU does', () => {
    const layer = layers.logicGateLayer({units: 40, seed: 1});
    const x = uniformTensor([7, 30], 0, 1, 3);
    const outputs = [false, true].map((isGpu) => {
      onGpu(isGpu);
      return numbersOf(layer.apply(x) as Tensor);
    });
    // Each is a sum of four products of numbers up to 1, in either order.
    outputs[1]!.forEach((value, i) => {
      expect(value).toBeCloseTo(outputs[0]![i]!, 6);
    });
  });

  it('has no kernel of this package serve, since those compute in host memory', () => {
    const served = [false, true].map((isGpu) => {
      onGpu(isGpu);
      return logicGates.hasKernel();
    });
    expect(served).toEqual([true, false]);
  });

  it('is what keeps checks of values from reading: without one, NaN is looked for', () => {
    onGpu(false);
    expect(reads(SUBJECTS.find(({discrete}) => discrete)!)).toBeGreaterThan(0);
  });
});

describe('a model', () => {
  it.each([
    ['tensorflow', 'wasm', 'cpu', 'tensorflow'],
    ['cpu', 'tensorflow', 'wasm', 'cpu'],
    ['wasm', 'cpu', 'tensorflow', 'wasm'],
  ])('trained on %s is saved and loaded on %s, %s and %s, and predicts the same', async (...backends) => {
    await setBackend(backends[0]!);
    const numbers = (from: number) => [
      uniformTensor([64, 5], -1, 1, from),
      uniformTensor([64, 2], -1, 1, from + 1),
    ];
    const [x, y] = numbers(1) as [Tensor, Tensor];
    let model = everyKind() as unknown as Awaited<ReturnType<typeof loadLayersModel>>;
    await model.fit(x, y, {epochs: 2, verbose: 0});
    const [weights, expected] = [weightsOf(model), predictions(model, x)];
    for (const name of backends.slice(1)) {
      await model.save(fileSystem(join(project, name)), {includeOptimizer: true});
      await setBackend(name);
      model = await loadLayersModel(fileSystem(join(project, name)));
      expect(weightsOf(model)).toEqual(weights);
      expect(model.optimizer.getClassName()).toBe('DiscreteAdamW');
      // The samples are the same; what follows them is one product of six numbers, each within 2^-22 of 1.
      predictions(model, x).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 5);
      });
    }
  });

  it('trained on tensorflow continues on wasm as it would have on tensorflow', async () => {
    const [x, y] = [uniformTensor([64, 5], -1, 1, 1), uniformTensor([64, 2], -1, 1, 2)];
    const losses = async (second: string) => {
      await setBackend('tensorflow');
      let model = everyKind() as unknown as Awaited<ReturnType<typeof loadLayersModel>>;
      await model.fit(x, y, {epochs: 1, verbose: 0, shuffle: false});
      await model.save(fileSystem(join(project, second)), {includeOptimizer: true});
      await setBackend(second);
      model = await loadLayersModel(fileSystem(join(project, second)));
      model.compile({optimizer: model.optimizer, loss: 'meanSquaredError'});
      const {history} = await model.fit(x, y, {epochs: 2, verbose: 0, shuffle: false});
      return history.loss as number[];
    };
    const [native, wasm] = [await losses('tensorflow'), await losses('wasm')];
    // Two epochs of two steps of size 0.01: rounding of 2^-24 per operation does not turn a sample in so few.
    wasm.forEach((loss, i) => {
      expect(loss).toBeCloseTo(native[i]!, 4);
    });
  });
});

describe('tf.node.tensorBoard', () => {
  it('writes the keys of our monitors beside the loss', async () => {
    const {node} = fromNative('@tensorflow/tfjs-node') as {node: {tensorBoard(folder: string): Callback}};
    const [x, y] = [uniformTensor([64, 5], -1, 1, 1), uniformTensor([64, 2], -1, 1, 2)];
    const model = everyKind();
    const watching = [callbacks.monitors(), node.tensorBoard(project)] as Callback[];
    const {history} = await model.fit(x, y, {
      epochs: 3,
      verbose: 0,
      validationSplit: 0.25,
      callbacks: watching,
    });
    const train = join(project, 'train');
    expect(existsSync(train)).toBe(true);
    expect(eventFilesIn(train).length).toBeGreaterThan(0);
    for (const key of ['loss', 'deadUnits', 'deadUnits/bits', 'perplexity/gates', 'gradientNorm']) {
      const logged = (history[key] as number[]).map((value, epoch) => [epoch + 1, Math.fround(value)]);
      expect(logged).toHaveLength(3);
      expect(curve(train, `epoch_${key}`), key).toEqual(logged);
    }
    expect(curve(join(project, 'val'), 'epoch_loss')).toHaveLength(3);
  });
});
