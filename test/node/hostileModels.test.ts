import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {memory, type Tensor, tensor2d} from '@tensorflow/tfjs-core';
import {input, layers as keras, loadLayersModel, model as modelOf, sequential} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {fileSystem} from '../../src/node/fileSystem.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

// biome-ignore lint/suspicious/noExplicitAny: the tests reach into JSON.
type Json = any;

/** Saves a small model of our layers and lets `change` edit its model.json. */
async function saved(change: (model: Json) => void = () => {}) {
  const model = sequential({
    layers: [
      keras.dense({units: 4, inputShape: [3], name: 'first'}),
      layers.thermometerEncoding({thresholds: 2, name: 'encoding'}),
      layers.logicGateLayer({units: 6, name: 'gates', seed: 1}),
      layers.groupSum({groups: 2}),
    ],
  });
  await model.save(fileSystem(folder));
  edit(change);
}

function edit(change: (model: Json) => void) {
  const path = join(folder, 'model.json');
  const model = JSON.parse(readFileSync(path, 'utf8'));
  change(model);
  writeFileSync(path, JSON.stringify(model));
}

const load = () => loadLayersModel(fileSystem(folder));
const configOf = (model: Json, index: number) => model.modelTopology.config.layers[index].config;

describe('a model.json that requires more than its weights file has', () => {
  const limit = 2 ** 22 + (12 + 4 + 2 + 96 + 12); // kernel, bias, thresholds, gates and connections
  it.each<[string, (model: Json) => void, string]>([
    [
      '1e9 units',
      (m) => (configOf(m, 0).units = 1e9),
      `\`units\` of \`Dense "first"\` must be at most ${limit}`,
    ],
    ['units of 1e308', (m) => (configOf(m, 0).units = 1e308), '`units` of `Dense "first"` must be at most'],
    [
      '1e9 thresholds',
      (m) => (configOf(m, 1).thresholds = 1e9),
      '`thresholds` of `ThermometerEncoding "encoding"` must be at most',
    ],
    ['1e9 gates', (m) => (configOf(m, 2).units = 1e9), '`units` of `LogicGateLayer "gates"` must be at most'],
    [
      'a kernel of [1e9, 4]',
      (m) => (configOf(m, 0).batch_input_shape = [null, 1e9]),
      '`first/kernel` must be of a size that makes at most',
    ],
    [
      'many layers of 1e6 values',
      (m) => {
        const [first] = m.modelTopology.config.layers;
        const dense = (i: number) => ({...first, config: {...first.config, name: `d${i}`, units: 1000}});
        m.modelTopology.config.layers = Array.from({length: 1000}, (_, i) => dense(i));
      },
      'must be of a size that makes at most',
    ],
  ])('is rejected before anything is allocated: %s', async (_what, change, message) => {
    await saved(change);
    const {numBytes} = memory();
    await expect(load()).rejects.toThrow(message);
    expect(memory().numBytes).toBe(numBytes);
  });

  it('is rejected where one small layer feeds 1e15 inputs to gates', async () => {
    await saved((m) => {
      m.modelTopology.config.layers = [
        {class_name: 'InputLayer', config: {name: 'in', batch_input_shape: [null, 1]}},
        {class_name: 'RepeatVector', config: {name: 'again', n: 1e15}},
        {class_name: 'Flatten', config: {name: 'flat'}},
        {...m.modelTopology.config.layers[1]},
        {...m.modelTopology.config.layers[2]},
      ];
      m.modelTopology.config.layers[3].config.per_feature = true;
    });
    await expect(load()).rejects.toThrow(
      'FileSystem: `encoding/thresholds` must be of a size that makes at most',
    );
  });
});

describe('a manifest', () => {
  it.each<[string, (spec: Json, group: Json) => void, string]>([
    ['no shape', (spec) => delete spec.shape, '`weightsManifest[0].weights[0].shape` must be an array'],
    [
      'a size of -1',
      (spec) => (spec.shape[0] = -1),
      '`weightsManifest[0].weights[0].shape[0]` must be a whole',
    ],
    [
      'a size of 1.5',
      (spec) => (spec.shape[1] = 1.5),
      '`weightsManifest[0].weights[0].shape[1]` must be a whole',
    ],
    ['a size of 1e9', (spec) => (spec.shape[0] = 1e9), '`weights.bin` must be the 16000000456 bytes that '],
    [
      'sizes of 1e15',
      (spec) => (spec.shape = [1e15, 1e15]),
      '`weightsManifest` must be of weights that fit into',
    ],
    [
      'no dtype',
      (spec) => delete spec.dtype,
      '`weightsManifest[0].weights[0].dtype` must be one of float32,',
    ],
    [
      'a dtype of a method',
      (spec) => (spec.dtype = 'toString'),
      '`weightsManifest[0].weights[0].dtype` must be',
    ],
    ['no name', (spec) => delete spec.name, '`weightsManifest[0].weights[0].name` must be a name'],
    [
      '1e9 strings',
      (spec) => Object.assign(spec, {dtype: 'string', shape: [1e9]}),
      '`weights.bin` must be the at least',
    ],
    [
      'a path that is not a string',
      (_, group) => (group.paths = [7]),
      '`weightsManifest[0].paths[0]` must be a path, got 7',
    ],
    ['no paths', (_, group) => delete group.paths, '`weightsManifest[0].paths` must be an array'],
    [
      'one file many times',
      (_, group) => (group.paths = ['weights.bin', './weights.bin']),
      '`weightsManifest` must be paths of distinct files, got "./weights.bin"',
    ],
  ])('with %s is rejected by name', async (_what, change, message) => {
    await saved(({weightsManifest: [group]}) => change(group.weights[0], group));
    await expect(load()).rejects.toThrow(`FileSystem: ${message}`);
  });

  it('that is missing is rejected by name, where TensorFlow.js would start with new weights', async () => {
    await saved((model) => delete model.weightsManifest);
    await expect(load()).rejects.toThrow('FileSystem: `weightsManifest` must be an array, got undefined.');
  });

  it('that is not an array is rejected by name', async () => {
    await saved((model) => (model.weightsManifest = {paths: []}));
    await expect(load()).rejects.toThrow('FileSystem: `weightsManifest` must be an array, got {"paths":[]}.');
  });
});

describe('a path in a manifest', () => {
  const outside = 'FileSystem: `weightsManifest` must be paths within the model';
  const withPath = (path: string) => saved((model) => (model.weightsManifest[0].paths = [path]));
  /** A file outside the folder, as large as the weights. */
  const secret = () => {
    const path = join(folder, '..', `${folder.split('/').at(-1)}.secret`);
    writeFileSync(path, readFileSync(join(folder, 'weights.bin')));
    return path;
  };

  it('leads to no file outside the folder', async () => {
    await saved();
    const path = secret();
    try {
      for (const name of [`../${path.split('/').at(-1)}`, `x/../../${path.split('/').at(-1)}`]) {
        mkdirSync(join(folder, 'x'), {recursive: true});
        await withPath(name);
        await expect(load()).rejects.toThrow(`${outside}'s folder, got "${name}".`);
      }
      symlinkSync(path, join(folder, 'link.bin'));
      symlinkSync('..', join(folder, 'parent'));
      for (const name of ['link.bin', `parent/${path.split('/').at(-1)}`]) {
        await withPath(name);
        await expect(load()).rejects.toThrow(`${outside}'s folder, got "${name}".`);
      }
      await withPath('.');
      await expect(load()).rejects.toThrow(`${outside}'s folder, got ".".`);
    } finally {
      rmSync(path);
    }
  });

  it('may lead into a folder of the model, and through a link within it', async () => {
    await saved();
    mkdirSync(join(folder, 'parts'));
    writeFileSync(join(folder, 'parts/a.bin'), readFileSync(join(folder, 'weights.bin')));
    symlinkSync('parts', join(folder, 'link'));
    for (const name of ['parts/a.bin', 'link/a.bin']) {
      await withPath(name);
      expect((await load()).countParams()).toBe(126);
    }
  });

  it('that is a pipe or a folder is rejected, without waiting', async () => {
    await saved();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    mkdirSync(join(folder, 'inner'));
    for (const name of ['pipe', 'inner']) {
      await withPath(name);
      await expect(load()).rejects.toThrow('FileSystem: `weightsManifest` must be paths of files, got ');
    }
    rmSync(join(folder, 'model.json'));
    execFileSync('mkfifo', [join(folder, 'model.json')]);
    await expect(load()).rejects.toThrow('FileSystem: `path` must be a model.json, a file of at most ');
  });
});

describe('a graph', () => {
  const graph = async (change: (layers: Json[]) => void) => {
    const x = input({shape: [2], name: 'x'});
    const a = keras.dense({units: 2, name: 'a'}).apply(x) as never;
    const b = keras.dense({units: 2, name: 'b'}).apply(a) as never;
    const sum = keras.add({name: 'sum'}).apply([a, b] as never) as never;
    await modelOf({inputs: x, outputs: sum}).save(fileSystem(folder));
    edit((model) => change(model.modelTopology.config.layers));
  };
  const named = (stages: Json[], name: string) => stages.find((stage) => stage.name === name);

  it('that is whole loads', async () => {
    await graph(() => {});
    expect((await load()).countParams()).toBe(12);
  });

  it.each<[string, (stages: Json[]) => void, string]>([
    [
      'a missing layer',
      (s) => (named(s, 'b').inbound_nodes[0][0][0] = 'c'),
      '`inbound_nodes` of `b` must be of nodes',
    ],
    [
      'a missing node',
      (s) => (named(s, 'b').inbound_nodes[0][0][1] = 5),
      '`inbound_nodes` of `b` must be of nodes',
    ],
    [
      'a circle',
      (s) => (named(s, 'a').inbound_nodes[0][0][0] = 'b'),
      '`inbound_nodes` of `a` must be of nodes',
    ],
    [
      'an input that is a string',
      (s) => (named(s, 'b').inbound_nodes[0][0] = 'abc'),
      '`inbound_nodes` of `b` must be',
    ],
    [
      'two layers of one name',
      (s) => (named(s, 'b').name = 'a'),
      '`name` must be a name that one layer alone has',
    ],
    [
      'a layer of two names',
      (s) => (named(s, 'b').config.name = 'a'),
      '`name` must be a name that one layer',
    ],
  ])('with %s is rejected, where TensorFlow.js never ends', async (_what, change, message) => {
    await graph(change);
    await expect(load()).rejects.toThrow(`FileSystem: ${message}`);
  });
});

it('checking a model leaves its weights, its names and its random numbers alone', async () => {
  await saved();
  const x = tensor2d([[0.1, -2, 3]]);
  const models = [await load(), await load()];
  const [one, two] = models.map((model) => [...(model.predict(x) as Tensor).dataSync()]);
  expect(one).toEqual(two);
  expect(models[0]!.layers.map(({name}) => name)).toEqual(models[1]!.layers.map(({name}) => name));
  expect(models[0]!.weights[0]!.originalName).toBe('first/kernel');
});
