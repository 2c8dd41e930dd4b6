import {
  losses,
  type Scalar,
  setBackend,
  type Tensor,
  tensor,
  tidy,
  variableGrads,
} from '@tensorflow/tfjs-core';
import {layers, type Sequential, sequential} from '@tensorflow/tfjs-layers';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';
import {smallIntegers} from './onBothBackends.js';

type Layer = Parameters<Sequential['add']>[0];

const image = [9, 8, 3];
const sequence = [6, 4];

/** Layers that the backend cannot train by itself, or trains through a kernel that is replaced. */
const STACKS: readonly [string, number[], () => Layer[]][] = [
  [
    'dense',
    [7],
    () => [layers.dense({units: 5, activation: 'sigmoid'}), layers.dense({units: 3, activation: 'relu'})],
  ],
  [
    'conv2d',
    image,
    () => [
      layers.conv2d({filters: 4, kernelSize: 3, strides: 2, activation: 'relu'}),
      layers.conv2d({filters: 2, kernelSize: 2, padding: 'same'}),
    ],
  ],
  ['conv1d', sequence, () => [layers.conv1d({filters: 5, kernelSize: 3})]],
  [
    'depthwiseConv2d',
    image,
    () => [
      layers.conv2d({filters: 4, kernelSize: 1}),
      layers.depthwiseConv2d({kernelSize: 3, depthMultiplier: 2, padding: 'same'}),
    ],
  ],
  [
    'separableConv2d',
    image,
    () => [
      layers.separableConv2d({filters: 4, kernelSize: 3}),
      layers.separableConv2d({filters: 3, kernelSize: 2}),
    ],
  ],
  ['conv2dTranspose', image, () => [layers.conv2dTranspose({filters: 4, kernelSize: 3, strides: 2})]],
  [
    'pooling',
    image,
    () => [
      layers.conv2d({filters: 3, kernelSize: 2}),
      layers.maxPooling2d({poolSize: 2}),
      layers.averagePooling2d({poolSize: 2}),
    ],
  ],
  [
    'batchNormalization',
    image,
    () => [
      layers.conv2d({filters: 3, kernelSize: 2}),
      layers.batchNormalization(),
      layers.conv2d({filters: 2, kernelSize: 1}),
    ],
  ],
  ['layerNormalization', [7], () => [layers.dense({units: 5}), layers.layerNormalization()]],
  ['embedding', [6], () => [layers.embedding({inputDim: 9, outputDim: 4})]],
  ['lstm', sequence, () => [layers.lstm({units: 3, recurrentInitializer: 'glorotUniform'})]],
  ['gru', sequence, () => [layers.gru({units: 3, recurrentInitializer: 'glorotUniform'})]],
];

describe('models on the wasm backend', () => {
  let kernels: TrainingKernels;
  beforeEach(() => {
    kernels = installTrainingKernels();
  });
  afterEach(() => kernels.restore());

  it.each(STACKS)('gives a model of %s the gradients that it has on cpu', async (name, shape, stack) => {
    await setBackend('cpu');
    const model = sequential({
      layers: [layers.inputLayer({inputShape: shape}), ...stack()],
    });
    model.setWeights(model.getWeights().map((each, i) => integers(each.shape, i, 8)));
    const input = name === 'embedding' ? positive(shape) : integers([3, ...shape], 50, 4);
    const onCpu = gradients(model, input);
    await setBackend('wasm');
    const onWasm = gradients(model, input);
    expect(Object.keys(onWasm)).toEqual(Object.keys(onCpu));
    for (const [weight, expected] of Object.entries(onCpu)) {
      const scale = Math.max(...expected.map(Math.abs), 1e-3);
      onWasm[weight]!.forEach((each, i) => {
        expect(
          Math.abs(each - expected[i]!) / scale,
          `${weight}[${i}]: ${each}, not ${expected[i]}`,
        ).toBeLessThan(2e-5);
      });
    }
  });

  it('trains a convolutional classifier with fit', async () => {
    const model = sequential({
      layers: [
        layers.conv2d({inputShape: image, filters: 4, kernelSize: 3, activation: 'relu'}),
        layers.flatten(),
        layers.dense({units: 2, activation: 'softmax'}),
      ],
    });
    model.compile({optimizer: 'adam', loss: 'sparseCategoricalCrossentropy'});
    const x = integers([40, ...image], 3, 4);
    const y = tensor(
      Array.from(smallIntegers(40, 8), (each) => (each > 0 ? 1 : 0)),
      [40, 1],
    );
    const {history} = await model.fit(x, y, {epochs: 12, batchSize: 10, verbose: 0});
    expect(history.loss!.at(-1)).toBeLessThan(0.8 * (history.loss![0] as number));
  });
});

function integers(shape: (number | null)[], seed: number, divisor: number): Tensor {
  const size = shape.reduce<number>((a, b) => a * (b ?? 1), 1);
  return tensor(
    smallIntegers(size, seed).map((each) => each / divisor),
    shape as number[],
  );
}

function positive(shape: number[]): Tensor {
  return tensor(
    smallIntegers(3 * shape[0]!, 5).map((each) => each + 4),
    [3, ...shape],
    'int32',
  );
}

function gradients(model: Sequential, input: Tensor): Record<string, number[]> {
  return tidy(() => {
    const {grads} = variableGrads(() => {
      const output = model.apply(input, {training: true}) as Tensor;
      return losses.meanSquaredError(integers(output.shape, 11, 2), output) as Scalar;
    });
    return Object.fromEntries(
      Object.entries(grads).map(([name, each]) => [name, Array.from(each.dataSync())]),
    );
  });
}
