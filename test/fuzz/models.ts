import {copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {engine, type Tensor, tensor, tidy, train} from '@tensorflow/tfjs-core';
import {
  input,
  layers as keras,
  type LayersModel,
  loadLayersModel,
  model,
  sequential,
} from '@tensorflow/tfjs-layers';
import {layers} from '../../src/index.js';
import {fileSystem} from '../../src/node/fileSystem.js';
import {mutateBytes, mutateJson, pick, type Random, randomNumbers} from './mutate.js';

/** Saves what is to be mutated: models of our layers and of TensorFlow.js's, in rows and in graphs. */
export async function prepareModels(folder: string): Promise<void> {
  const gates = sequential({
    layers: [
      layers.thermometerEncoding({thresholds: 2, inputShape: [4]}),
      layers.logicGateLayer({units: 6, seed: 1}),
      layers.groupSum({groups: 2}),
    ],
  });
  const bits = sequential({
    layers: [
      keras.dense({units: 6, inputShape: [3]}),
      layers.stochasticBinary({seed: 1}),
      keras.dense({units: 4}),
      layers.decoupledCategorical({categories: 2, seed: 2}),
    ],
  });
  bits.compile({optimizer: train.adam(0.01), loss: 'meanSquaredError', metrics: ['mae']});
  const images = sequential({
    layers: [
      keras.conv2d({filters: 2, kernelSize: 3, inputShape: [6, 6, 1]}),
      keras.maxPooling2d({poolSize: 2}),
      keras.batchNormalization(),
      keras.reshape({targetShape: [4, 2]}),
      keras.lstm({units: 3, recurrentInitializer: 'glorotUniform', unitForgetBias: false}),
      keras.dropout({rate: 0.5}),
    ],
  });
  const x = input({shape: [4]});
  const [a, b] = [keras.dense({units: 3}).apply(x), keras.dense({units: 3}).apply(x)] as [never, never];
  const code = layers.vectorQuantizer({codes: 4, seed: 3}).apply(a) as never;
  const outputs = keras.concatenate().apply([code, b] as never) as never;
  const graph = model({inputs: x, outputs});
  for (const [name, one] of Object.entries({gates, bits, images, graph})) {
    await (one as LayersModel).save(fileSystem(join(folder, name)), {includeOptimizer: name === 'bits'});
  }
}

/**
 * Mutates one of the prepared models, number `index`, and loads it.
 *
 * @returns Whether it was loaded or rejected.
 * @throws if a loaded weight is not what the files say, or if anything but an error comes of it.
 */
export async function checkModel(folder: string, index: number): Promise<'loaded' | 'rejected'> {
  const random = randomNumbers(index);
  const copy = join(folder, 'mutated');
  writeMutated(join(folder, pick(['gates', 'bits', 'images', 'graph'], random)), copy, random);
  engine().startScope();
  try {
    let loaded: LayersModel;
    try {
      loaded = await loadLayersModel(fileSystem(copy));
    } catch (error) {
      return rejection(error);
    }
    compareWeights(loaded, copy);
    try {
      predict(loaded);
    } catch (error) {
      rejection(error);
    }
    return 'loaded';
  } finally {
    engine().endScope();
    engine().disposeVariables();
  }
}

function rejection(error: unknown): 'rejected' {
  if (error instanceof Error) return 'rejected';
  throw new Error(`Threw ${String(error)}, which is not an error.`);
}

function writeMutated(from: string, to: string, random: Random): void {
  rmSync(to, {recursive: true, force: true});
  mkdirSync(to, {recursive: true});
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name));
  const path = join(to, 'model.json');
  const choice = random();
  if (choice < 0.8) {
    const json = JSON.parse(readFileSync(path, 'utf8'));
    for (let count = 1 + Math.floor(random() * 3); count > 0; count--) mutateJson(json, random);
    writeFileSync(path, JSON.stringify(json));
  } else {
    const mutated = choice < 0.9 ? path : join(to, 'weights.bin');
    writeFileSync(mutated, mutateBytes(readFileSync(mutated), random));
  }
}

const BYTES: Record<string, number> = {float32: 4, int32: 4, bool: 1};

/** Every weight must hold the bytes that stand for its name in the files. */
function compareWeights(loaded: LayersModel, folder: string): void {
  const {weightsManifest} = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const groups = weightsManifest ?? [];
  // biome-ignore lint/suspicious/noExplicitAny: mutated JSON.
  const paths = groups.flatMap((group: any) => group.paths);
  const bytes = Buffer.concat(paths.map((name: string) => readFileSync(join(folder, name))));
  const expected = new Map<string, Buffer>();
  let at = 0;
  // biome-ignore lint/suspicious/noExplicitAny: mutated JSON.
  for (const {name, dtype, shape, quantization} of groups.flatMap((group: any) => group.weights)) {
    const length = shape.reduce(
      (product: number, size: number) => product * size,
      BYTES[dtype] ?? Number.NaN,
    );
    if (quantization != null || Number.isNaN(length)) return; // decoded by TensorFlow.js in ways of its own
    expected.set(name, bytes.subarray(at, at + length));
    at += length;
  }
  for (const weight of loaded.weights) {
    const values = tidy(() => weight.read().dataSync());
    const held = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    if (expected.get(weight.originalName)?.equals(held)) continue;
    throw new Error(`${weight.originalName} does not hold what the files say.`);
  }
}

function predict(loaded: LayersModel): void {
  tidy(() => {
    const inputs = loaded.inputs.map(({shape}) => {
      const sizes = shape.map((size) => size ?? 2);
      const length = sizes.reduce((product, size) => product * size, 1);
      if (length > 1e5) throw new Error('Too large for a test.');
      return tensor(new Float32Array(length).fill(0.5), sizes);
    });
    for (const output of [loaded.predict(inputs)].flat() as Tensor[]) output.dataSync();
  });
}
