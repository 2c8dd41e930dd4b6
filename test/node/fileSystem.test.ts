import {execFile} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {open} from 'node:fs/promises';
import {hostname, tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {io, type Optimizer, randomNormal, type Tensor, tensor, tensor2d, train} from '@tensorflow/tfjs-core';
import {type LayersModel, layers, loadLayersModel, sequential} from '@tensorflow/tfjs-layers';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {registerFileScheme} from '../../src/node/fileScheme.js';
import {fileSystem} from '../../src/node/fileSystem.js';
import {bundleProgram} from '../support/bundleProgram.js';
import {describeOn} from '../support/describeOn.js';
import '../../src/node/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-system-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** The module under test, for processes of their own. */
let compiled: string;
beforeAll(async () => {
  compiled = await bundleProgram(
    new URL('../../src/node/fileSystem.ts', import.meta.url),
    mkdtempSync(join(tmpdir(), 'file-system-compiled-')),
  );
});
afterAll(() => rmSync(dirname(compiled), {recursive: true}));

const xs = tensor2d(Array.from({length: 32}, (_, i) => [Math.sin(i), Math.cos(i)]));
const ys = tensor2d(Array.from({length: 32}, (_, i) => [Math.sin(3 * i)]));

function makeModel(optimizer: Optimizer = train.adam(0.01)): LayersModel {
  const model = sequential({
    layers: [layers.dense({units: 3, activation: 'tanh', inputShape: [2]}), layers.dense({units: 1})],
  });
  model.compile({optimizer, loss: 'meanSquaredError', metrics: ['mae']});
  return model;
}

const bitsOf = (tensors: Tensor[]) => tensors.map((t) => [...new Int32Array(t.dataSync().slice().buffer)]);

/** What any reader of TensorFlow.js's format gets: the names in model.json, and the bytes that they stand for. */
function readAsWritten(path: string) {
  const model = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'));
  const [{paths, weights}] = model.weightsManifest;
  const bytes = Buffer.concat(paths.map((name: string) => readFileSync(join(path, name))));
  return {model, paths, weights, bytes};
}

describe('fileSystem', () => {
  it('writes the files and keys of tfjs-node, the weights one after another', async () => {
    const model = makeModel();
    model.setUserDefinedMetadata({note: 'ä'});
    await model.save(fileSystem(join(folder, 'a/b')), {includeOptimizer: true});
    const path = join(folder, 'a/b');
    expect(readdirSync(path).sort()).toEqual(['model.json', 'weights.bin']);
    const {model: json, paths, weights, bytes} = readAsWritten(path);
    expect(Object.keys(json)).toEqual([
      'modelTopology',
      'weightsManifest',
      'format',
      'generatedBy',
      'convertedBy',
      'trainingConfig',
      'userDefinedMetadata',
    ]);
    expect(json.format).toBe('layers-model');
    expect(json.convertedBy).toBe(null);
    expect(paths).toEqual(['weights.bin']);
    expect(weights[0]).toEqual({name: model.weights[0]!.name, shape: [2, 3], dtype: 'float32'});
    const first = model.getWeights().flatMap((t) => [...t.dataSync()]);
    expect([...new Float32Array(bytes.buffer, bytes.byteOffset, first.length)]).toEqual(first);
  });

  // Not Adam: on loading, TensorFlow.js computes its powers of beta anew, and differs in the last bit.
  it.each([
    ['momentum', () => train.momentum(0.01, 0.9)],
    ['rmsprop', () => train.rmsprop(0.01)],
  ])('restores everything bit for bit, and training continues with %s', async (_, optimizer) => {
    const model = makeModel(optimizer());
    model.setUserDefinedMetadata({labels: ['one', 'two'], nested: {n: 1}});
    await model.fit(xs, ys, {epochs: 2, verbose: 0, shuffle: false});
    await model.save(fileSystem(folder), {includeOptimizer: true});
    const loaded = await loadLayersModel(fileSystem(folder));
    expect(bitsOf(loaded.getWeights())).toEqual(bitsOf(model.getWeights()));
    expect(loaded.getUserDefinedMetadata()).toEqual({labels: ['one', 'two'], nested: {n: 1}});

    const again = {epochs: 2, verbose: 0 as const, shuffle: false};
    const [expected, got] = [await model.fit(xs, ys, again), await loaded.fit(xs, ys, again)];
    expect(got.history).toEqual(expected.history);
    expect(bitsOf(loaded.getWeights())).toEqual(bitsOf(model.getWeights()));
  });

  it("restores Adam's moments bit for bit", async () => {
    const model = makeModel();
    await model.fit(xs, ys, {epochs: 2, verbose: 0});
    await model.save(fileSystem(folder), {includeOptimizer: true});
    const loaded = await loadLayersModel(fileSystem(folder));
    const moments = async (m: LayersModel) => bitsOf((await m.optimizer.getWeights()).map((w) => w.tensor));
    expect(await moments(model)).toHaveLength(9);
    expect(await moments(loaded)).toEqual(await moments(model));
  });

  it('restores every kind of weight and key', async () => {
    const artifacts: io.ModelArtifacts = {
      modelTopology: {any: ['thing']},
      format: 'layers-model',
      generatedBy: 'a test',
      convertedBy: 'nobody',
      trainingConfig: {loss: 'mse', metrics: ['mae'], optimizer_config: {}} as unknown as io.TrainingConfig,
      userDefinedMetadata: {deep: {er: [1, null, 'x']}},
      signature: {inputs: {}},
      modelInitializer: {node: []},
      initializerSignature: {outputs: {}},
      ...(await io
        .encodeWeights({
          f: tensor([1.5, Number.NaN, Number.POSITIVE_INFINITY]),
          i: tensor([-7, 2 ** 30], [2], 'int32'),
          b: tensor([true, false, true], [3], 'bool'),
          s: tensor(['a', 'äöü'], [2], 'string'),
          empty: tensor([], [0, 4]),
        })
        .then(({data, specs}) => ({weightData: data, weightSpecs: specs}))),
    };
    await fileSystem(folder).save!(artifacts);
    const loaded = await fileSystem(join(folder, 'model.json')).load!();
    expect({...loaded, weightData: undefined}).toEqual({...artifacts, weightData: undefined});
    expect(Buffer.from(loaded.weightData as ArrayBuffer)).toEqual(
      Buffer.from(artifacts.weightData as ArrayBuffer),
    );
  });

  it('accepts weights in many pieces and reads a model of many files', async () => {
    const pieces = Array.from(
      {length: 5},
      (_, i) => new Float32Array(1000 + i).map((_, j) => i + j / 7).buffer,
    );
    const length = 5 * 1000 + 10;
    const weightSpecs = [{name: 'w', shape: [length], dtype: 'float32' as const}];
    await fileSystem(folder).save!({modelTopology: {}, weightSpecs, weightData: pieces});
    const whole = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    expect(readFileSync(join(folder, 'weights.bin'))).toEqual(whole);

    const {model} = readAsWritten(folder);
    const parts = [0, 1, 2].map((i) => `group1-shard${i + 1}of3.bin`);
    for (const [i, name] of parts.entries()) {
      writeFileSync(join(folder, name), whole.subarray(i * 7000, i < 2 ? (i + 1) * 7000 : undefined));
    }
    model.weightsManifest[0].paths = parts;
    writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
    const {weightData} = await fileSystem(folder).load!();
    expect(Buffer.from(io.CompositeArrayBuffer.join(weightData))).toEqual(whole);
    const {w} = io.decodeWeights(weightData!, weightSpecs);
    expect(w!.dataSync()[length - 1]).toBe(Math.fround(4 + 1003 / 7));
  });

  it('saves a model without weights', async () => {
    await fileSystem(folder).save!({modelTopology: {}, weightSpecs: [], weightData: new ArrayBuffer(0)});
    expect((await fileSystem(folder).load!()).weightSpecs).toEqual([]);
  });

  it('accepts a path, file:// or a URL, for a folder with a space', async () => {
    const path = join(folder, 'with space');
    await makeModel().save(fileSystem(pathToFileURL(path)));
    for (const from of [path, join(path, 'model.json'), `file://${path}/model.json`, pathToFileURL(path)]) {
      expect((await fileSystem(from).load!()).format).toBe('layers-model');
    }
  });

  it.each([[undefined], [''], [7], ['file://']])('rejects %o as a path', (path) => {
    expect(() => fileSystem(path as string)).toThrow(
      /^FileSystem: `path` must be a path or a file URL, got /,
    );
  });

  it('names what is wrong with a model', async () => {
    const load = (path = folder) => fileSystem(path).load!();
    const model = join(folder, 'model.json');
    await expect(load()).rejects.toThrow(
      `FileSystem: \`path\` must be a model.json or the folder that holds one (ENOENT), got "${folder}".`,
    );
    writeFileSync(model, '{"modelTopology": {');
    await expect(load()).rejects.toThrow(
      `FileSystem: \`path\` must be a model that TensorFlow.js has saved, got "${model}".`,
    );
    for (const text of ['{}', 'null', '7', '"text"']) {
      writeFileSync(model, text);
      await expect(load(model)).rejects.toThrow('must be a model that TensorFlow.js has saved');
    }
    await makeModel().save(fileSystem(folder));
    const weights = join(folder, 'weights.bin');
    writeFileSync(weights, readFileSync(weights).subarray(4));
    await expect(load()).rejects.toThrow(
      `FileSystem: \`weights.bin\` must be the 52 bytes that ${model} lists, got 48.`,
    );
    rmSync(weights);
    await expect(load()).rejects.toThrow(
      `FileSystem: \`weightsManifest\` must be paths of files that can be read (ENOENT), got "${weights}".`,
    );
    writeFileSync(join(folder, 'file'), '');
    await expect(makeModel().save(fileSystem(join(folder, 'file')))).rejects.toThrow(
      `FileSystem: \`path\` must be a folder that can be written to (EEXIST), got "${join(folder, 'file')}".`,
    );
    await expect(fileSystem(folder).save!({modelTopology: new ArrayBuffer(4)})).rejects.toThrow(
      'FileSystem: `modelTopology` must be JSON, got [object ArrayBuffer].',
    );
  });

  it('removes at once what a killed save left, and no other file', async () => {
    const dead = `${hostname()}.${2 ** 22 + 1}.7.0123456789ab`; // beyond Linux's highest process number
    const leftovers = ['weights.0123456789ab.bin', 'model.json.0123456789ab.tmp', `model.json.lock.${dead}`];
    for (const name of [...leftovers, 'weights.mine.bin']) writeFileSync(join(folder, name), 'x');
    await makeModel().save(fileSystem(folder));
    expect(readdirSync(folder).sort()).toEqual(['model.json', 'weights.bin', 'weights.mine.bin']);
  });

  it('waits for a save on another machine, but not forever', async () => {
    const lock = join(folder, 'model.json.lock.else.where.1.7.0123456789ab');
    writeFileSync(lock, '');
    let saved = false;
    const saving = makeModel()
      .save(fileSystem(folder))
      .then(() => {
        saved = true;
      });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([saved, existsSync(join(folder, 'model.json'))]).toEqual([false, false]);
    utimesSync(lock, new Date(0), new Date(0)); // it was put there long ago
    await saving;
    expect(readdirSync(folder).sort()).toEqual(['model.json', 'weights.bin']);
  });

  it('leaves nothing behind when a save fails', async () => {
    mkdirSync(join(folder, 'model.json'));
    await expect(makeModel().save(fileSystem(folder))).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['model.json']);
    rmdirSync(join(folder, 'model.json'));

    await makeModel().save(fileSystem(folder));
    const before = readAsWritten(folder);
    await expect(fileSystem(folder).save!({modelTopology: {big: 1n}})).rejects.toThrow('BigInt');
    expect(readAsWritten(folder)).toEqual(before);
    expect(readdirSync(folder).sort()).toEqual(['model.json', 'weights.bin']);
  });
});

/** A model of one number, in its topology and in its weights, for the overlap of saves to show. */
const uniform = (which: number): io.ModelArtifacts => ({
  modelTopology: {which},
  weightSpecs: [{name: 'w', shape: [500], dtype: 'float32'}],
  weightData: new Float32Array(500).fill(which).buffer,
});

/** Which of the models of `uniform` a folder holds, by its topology and by each of its weights. */
function whichIn(path: string): {topology: number; weights: number[]; files: string[]} {
  const {model, bytes} = readAsWritten(path);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const weights = [...new Set(values)];
  return {topology: model.modelTopology.which, weights, files: readdirSync(path).sort()};
}
const whole = (which: number) => ({topology: which, weights: [which], files: ['model.json', 'weights.bin']});

describeOn('cpu', 'saves that overlap', () => {
  it('leave one whole model in each of 300 folders', async () => {
    const lanes = Array.from({length: 10}, async (_, lane) => {
      for (let i = lane; i < 300; i += 10) {
        const path = join(folder, String(i));
        if (i % 2 === 0) await fileSystem(path).save!(uniform(0)); // the other half of the folders is new
        await Promise.all([1, 2].map((which) => fileSystem(path).save!(uniform(which))));
        expect(whichIn(path), path).toEqual(whole(2)); // the one that began last
      }
    });
    await Promise.all(lanes);
  });

  it('of three processes leave one whole model in each of 30 folders', async () => {
    const script = (which: number) => `
      import {createInterface} from 'node:readline';
      import {fileSystem} from ${JSON.stringify(compiled)};
      const model = {
        modelTopology: {which: ${which}},
        weightSpecs: [{name: 'w', shape: [500], dtype: 'float32'}],
        weightData: new Float32Array(500).fill(${which}).buffer,
      };
      console.log('ready');
      for await (const path of createInterface({input: process.stdin})) {
        await fileSystem(path).save(model);
        console.log('saved');
      }`;
    const children = [1, 2, 3].map((which) =>
      execFile(process.execPath, ['--input-type=module', '-e', script(which)]),
    );
    const answers = () =>
      Promise.all(children.map((child) => new Promise((answered) => child.stdout!.once('data', answered))));
    await answers();
    for (let i = 0; i < 30; i++) {
      const path = join(folder, String(i));
      await fileSystem(path).save!(uniform(0));
      const saved = answers();
      for (const child of children) child.stdin!.write(`${path}\n`);
      await saved;
      const found = whichIn(path);
      expect(found, path).toEqual(whole(found.topology));
    }
    const ends = children.map((child) => new Promise((done) => child.once('exit', done)));
    for (const child of children) child.stdin!.end();
    expect(await Promise.all(ends)).toEqual([0, 0, 0]);
  });
});

// Other processes do the work of the next two: once is enough.
describeOn('cpu', 'a model that is saved repeatedly', () => {
  it('is read whole while another process keeps saving', async () => {
    const script = `
      import {fileSystem} from ${JSON.stringify(compiled)};
      const save = (n) => fileSystem(${JSON.stringify(folder)}).save({
        modelTopology: {n},
        weightSpecs: [{name: 'w', shape: [n * 10000], dtype: 'float32'}],
        weightData: new Float32Array(n * 10000).fill(n).buffer,
      });
      await save(1);
      console.log('started');
      const end = Date.now() + 1500;
      for (let i = 0; Date.now() < end; i++) await save(1 + i % 3);`;
    let running = true;
    const child = execFile(process.execPath, ['--input-type=module', '-e', script]);
    const ended = new Promise<number | null>((done) => child.on('exit', done)).finally(() => {
      running = false;
    });
    await new Promise((started) => child.stdout!.once('data', started));
    const seen = new Set<number>();
    while (running) {
      const {modelTopology, weightData} = await fileSystem(folder).load!();
      const {n} = modelTopology as {n: number};
      const values = new Float32Array(io.CompositeArrayBuffer.join(weightData));
      expect(values.length).toBe(n * 10_000);
      expect(values.every((value) => value === n)).toBe(true);
      seen.add(n);
    }
    expect(await ended).toBe(0);
    expect(seen.size).toBeGreaterThan(1);
  });
});

describe('a model that another process replaces while it is read', () => {
  // biome-ignore lint/suspicious/noExplicitAny: Node exports no class of a file handle.
  let prototype: any;
  let readFile: unknown;
  beforeAll(async () => {
    const file = await open(process.execPath);
    prototype = Object.getPrototypeOf(file);
    readFile = prototype.readFile;
    await file.close();
  });
  afterEach(() => {
    prototype.readFile = readFile;
  });

  /** Calls `act` once, after the next file has been read whole: a load reads model.json so, and then the weights. */
  function afterNextRead(act: () => Promise<unknown>) {
    prototype.readFile = async function (...args: unknown[]) {
      prototype.readFile = readFile;
      const text = await prototype.readFile.apply(this, args);
      await act();
      return text;
    };
  }

  it('is read again when both have the same size', async () => {
    await fileSystem(folder).save!(uniform(1));
    afterNextRead(() => fileSystem(folder).save!(uniform(2)));
    const {modelTopology, weightData} = await fileSystem(folder).load!();
    expect(modelTopology).toEqual({which: 2});
    expect(new Set(new Float32Array(weightData as ArrayBuffer))).toEqual(new Set([2]));
  });

  it('is read again when the first seems damaged', async () => {
    const larger = {...uniform(2), weightData: new ArrayBuffer(4000)};
    larger.weightSpecs = [{name: 'w', shape: [1000], dtype: 'float32'}];
    await fileSystem(folder).save!(uniform(1));
    afterNextRead(() => fileSystem(folder).save!(larger));
    expect((await fileSystem(folder).load!()).modelTopology).toEqual({which: 2});
  });

  it('is an error when it changes at every attempt', async () => {
    await fileSystem(folder).save!(uniform(1));
    const replace = async () => {
      await fileSystem(folder).save!(uniform(2));
      afterNextRead(replace);
    };
    afterNextRead(replace);
    await expect(fileSystem(folder).load!()).rejects.toThrow('a model that stays as it is while it is read');
  });
});

describeOn('cpu', 'a save that is killed', () => {
  /** Saves `after` over the model in `folder` and dies by SIGKILL before its `step`-th call of the file system. */
  const killedAt = (path: string, step: number) => {
    const script = `
      import promises from 'node:fs/promises';
      import {syncBuiltinESMExports} from 'node:module';
      import {fileSystem} from ${JSON.stringify(compiled)};
      let calls = 0;
      const dying = (target, name) => {
        const original = target[name];
        target[name] = function (...args) {
          if (calls++ === ${step}) process.kill(process.pid, 'SIGKILL');
          return original.apply(this, args);
        };
      };
      const file = await promises.open(process.execPath);
      for (const name of ['writeFile', 'sync']) dying(Object.getPrototypeOf(file), name);
      await file.close();
      for (const name of ['mkdir', 'open', 'rename', 'link', 'rm', 'readdir', 'readFile', 'writeFile']) {
        dying(promises, name);
      }
      syncBuiltinESMExports();
      await fileSystem(${JSON.stringify(path)}).save({
        modelTopology: {which: 'after'},
        weightSpecs: [{name: 'w', shape: [5000], dtype: 'float32'}],
        weightData: new Float32Array(5000).fill(2).buffer,
      });`;
    return new Promise<string | number | null>((done) => {
      const child = execFile(process.execPath, ['--input-type=module', '-e', script], {
        cwd: process.cwd(),
      });
      child.on('exit', (code, signal) => done(signal ?? code));
    });
  };

  const before: io.ModelArtifacts = {
    modelTopology: {which: 'before'},
    weightSpecs: [{name: 'w', shape: [1000], dtype: 'float32'}],
    weightData: new Float32Array(1000).fill(1).buffer,
  };

  /** How many calls a save takes that replaces a model. */
  const STEPS = 20;

  it('leaves either the previous model or the new one whole, whichever step it dies at', async () => {
    const outcomes: string[] = [];
    await Promise.all(
      [0, 1].map(async (lane) => {
        for (let step = lane; step <= STEPS; step += 2) {
          const path = join(folder, String(step));
          await fileSystem(path).save!(before);
          const end = await killedAt(path, step);
          const {modelTopology, weightData} = await fileSystem(path).load!();
          const {which} = modelTopology as {which: string};
          const values = new Float32Array(weightData as ArrayBuffer);
          expect([which, values.length, values[0], values.at(-1)], `step ${step}`).toEqual(
            which === 'before' ? ['before', 1000, 1, 1] : ['after', 5000, 2, 2],
          );
          expect(readAsWritten(path).bytes.length, `step ${step}`).toBe(4 * values.length);
          outcomes[step] = `${end} ${which}`;
        }
      }),
    );
    const turn = outcomes.indexOf('SIGKILL after');
    expect(turn).toBeGreaterThan(3);
    expect(outcomes).toEqual(
      outcomes.map((_, step) =>
        step === STEPS ? '0 after' : step < turn ? 'SIGKILL before' : 'SIGKILL after',
      ),
    );
  });
});

describe("the scheme 'file://'", () => {
  it('saves and loads', async () => {
    const model = makeModel();
    await model.save(`file://${folder}/model`);
    const loaded = await loadLayersModel(`file://${folder}/model/model.json`);
    expect(bitsOf(loaded.getWeights())).toEqual(bitsOf(model.getWeights()));
    expect(existsSync(join(folder, 'model/weights.bin'))).toBe(true);
  });

  it('leaves other schemes alone', () => {
    expect(io.getLoadHandlers('nothing://model')).toEqual([]);
    expect(io.getSaveHandlers('http://model')).toHaveLength(1);
  });

  it('is answered once, however often this package is loaded', () => {
    registerFileScheme();
    expect(io.getSaveHandlers('file:///x')).toHaveLength(1);
    expect(io.getLoadHandlers('file:///x')).toHaveLength(1);
  });

  it('is left to tfjs-node where that is loaded, before us or after us', () => {
    const theirs = {save: async () => ({}) as io.SaveResult, load: async () => ({})};
    let answers = true;
    const router = (url: string | string[]) =>
      (answers && String(url).startsWith('file://') ? theirs : null) as unknown as io.IOHandler;
    io.registerSaveRouter(router);
    io.registerLoadRouter(router);
    registerFileScheme(); // as a second copy of this package would
    expect(io.getSaveHandlers('file:///x')).toEqual([theirs]);
    expect(io.getLoadHandlers('file:///x')).toEqual([theirs]);
    answers = false;
    expect(io.getSaveHandlers('file:///x').length).toBeGreaterThan(0);
  });
});

describe('large models', () => {
  it('round-trips bit for bit', async () => {
    const wide = sequential({layers: [layers.dense({units: 2000, inputShape: [1500], useBias: false})]});
    const weight = randomNormal([1500, 2000]);
    wide.setWeights([weight]);
    await wide.save(fileSystem(folder));
    const loaded = await loadLayersModel(fileSystem(folder));
    const [got, expected] = [loaded.getWeights()[0]!, weight].map((t) =>
      Buffer.from(t.dataSync().buffer.slice(0)),
    );
    expect(got!.equals(expected!)).toBe(true);
  });
});
