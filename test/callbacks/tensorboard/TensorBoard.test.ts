import {execFile} from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {memory, scalar, tensor, tensor2d, train} from '@tensorflow/tfjs-core';
import {
  Callback,
  type LayersModel,
  type Logs,
  layers,
  type Sequential,
  sequential,
} from '@tensorflow/tfjs-layers';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {tensorBoard} from '../../../src/callbacks/factories.js';
import type {EventWriter} from '../../../src/callbacks/tensorboard/EventWriter.js';
import {eventFiles as browserEventFiles} from '../../../src/callbacks/tensorboard/eventFile.browser.js';
import {eventFiles} from '../../../src/callbacks/tensorboard/eventFile.js';
import {histogram} from '../../../src/callbacks/tensorboard/histogram.js';
import type {TensorBoardArgs} from '../../../src/callbacks/tensorboard/TensorBoard.js';
import {GATE_NAMES} from '../../../src/functional/gates.js';
import {callbacks, layers as discrete} from '../../../src/index.js';
import {crc32c, curve, eventFilesIn, readEventFile, readRecords} from '../../support/eventFiles.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tensorboard-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const xs = tensor2d(Array.from({length: 40}, (_, i) => [Math.sin(i), Math.cos(i)]));
const ys = tensor2d(Array.from({length: 40}, (_, i) => [Math.sin(i) > 0 ? 1 : 0]));

function makeModel(): Sequential {
  const model = sequential({layers: [layers.dense({units: 3, inputShape: [2]}), layers.dense({units: 1})]});
  model.compile({optimizer: train.sgd(0.1), loss: 'meanSquaredError', metrics: ['mae']});
  return model;
}

function makeDiscreteModel(): Sequential {
  const model = sequential({
    layers: [
      layers.dense({units: 3, inputShape: [2]}),
      discrete.stochasticBinary({name: 'bits', forwardTemperature: 0.4, backwardTemperature: 0.7}),
      layers.dense({units: 1}),
    ],
  });
  model.compile({optimizer: train.sgd(0.1), loss: 'meanSquaredError'});
  return model;
}

/** Sets a key of the epoch's logs, as a monitor does. */
class Note extends Callback {
  constructor(private readonly values: (epoch: number) => Logs) {
    super();
  }
  override async onEpochEnd(epoch: number, logs?: Logs): Promise<void> {
    Object.assign(logs!, this.values(epoch));
  }
}

/** Keeps what `logs` hold after every batch. */
class BatchLog extends Callback {
  readonly seen: Record<string, number>[] = [];
  override async onBatchEnd(_batch: number, logs?: Logs): Promise<void> {
    const numbers: Record<string, number> = {};
    for (const [key, value] of Object.entries(logs!)) {
      numbers[key] =
        typeof value === 'number' ? value : (value as unknown as {dataSync(): number[]}).dataSync()[0]!;
    }
    this.seen.push(numbers);
  }
}

const asCurve = (values: readonly unknown[], firstStep = 1) =>
  values.map((value, i) => [firstStep + i, Math.fround(value as number)]);

describe('the reference checksum of these tests', () => {
  it('gives the published values', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa); // RFC 3720, B.4
  });
});

describe('tensorBoard', () => {
  it('writes the history, value by value, as tf.node.tensorBoard lays it out', async () => {
    const notes = new Note((epoch) => ({'deadUnits/hidden': epoch / 3, size: 7}));
    const {history} = await makeModel().fit(xs, ys, {
      epochs: 3,
      batchSize: 8,
      validationSplit: 0.2,
      verbose: 0,
      callbacks: [notes, tensorBoard(folder)],
    });

    expect(readdirSync(folder).sort()).toEqual(['train', 'val']);
    const train = join(folder, 'train');
    expect(curve(train, 'epoch_loss')).toEqual(asCurve(history.loss!));
    expect(curve(train, 'epoch_mae')).toEqual(asCurve(history.mae!));
    expect(curve(train, 'epoch_deadUnits/hidden')).toEqual(asCurve([0, 1 / 3, 2 / 3]));
    expect(curve(join(folder, 'val'), 'epoch_loss')).toEqual(asCurve(history.val_loss!));
    expect(curve(join(folder, 'val'), 'epoch_mae')).toEqual(asCurve(history.val_mae!));

    for (const part of ['train', 'val']) {
      const files = eventFilesIn(join(folder, part));
      expect(files).toHaveLength(1);
      const {fileVersion, values} = readEventFile(files[0]!);
      expect(fileVersion).toBe('brain.Event:2');
      expect(new Set(values.map(({tag}) => tag))).toEqual(
        new Set([
          'epoch_loss',
          'epoch_mae',
          ...(part === 'train' ? ['epoch_deadUnits/hidden', 'epoch_learningRate', 'summary', 'config'] : []),
        ]),
      );
      for (const {wallTime} of values) expect(Math.abs(wallTime - Date.now() / 1000)).toBeLessThan(60);
    }
  });

  it.each([
    ['before', (...[notes, board]: Callback[]) => [notes!, board!]],
    ['after', (...[notes, board]: Callback[]) => [board!, notes!]],
  ])('writes the keys of callbacks that stand %s it in the array, once each', async (_, order) => {
    const notes = new Note((epoch) => ({late: epoch, val_late: -epoch}));
    await makeModel().fit(xs, ys, {
      epochs: 3,
      batchSize: 20,
      verbose: 0,
      callbacks: order(notes, tensorBoard(folder, {updateFreq: 'batch'})),
    });
    expect(curve(join(folder, 'train'), 'epoch_late')).toEqual(asCurve([0, 1, 2]));
    expect(curve(join(folder, 'val'), 'epoch_late')).toEqual(asCurve([-0, -1, -2]));
    expect(curve(join(folder, 'train'), 'epoch_loss')).toHaveLength(3);
    expect(curve(join(folder, 'train'), 'batch_loss')).toHaveLength(6);
  });

  it('writes batches at the count of batches, over all epochs', async () => {
    const batches = new BatchLog();
    await makeModel().fit(xs, ys, {
      epochs: 2,
      batchSize: 8,
      verbose: 0,
      callbacks: [batches, tensorBoard(folder, {updateFreq: 'batch'})],
    });
    const train = join(folder, 'train');
    expect(batches.seen).toHaveLength(10);
    for (const key of ['loss', 'mae']) {
      expect(curve(train, `batch_${key}`)).toEqual(asCurve(batches.seen.map((logs) => logs[key])));
    }
    expect(curve(train, 'epoch_loss').map(([step]) => step)).toEqual([1, 2]);
    expect(existsSync(join(folder, 'val'))).toBe(false);
  });

  it('continues the curves in a new file when a run continues', async () => {
    const model = makeModel();
    const run = (initialEpoch: number, epochs: number) =>
      model.fit(xs, ys, {
        initialEpoch,
        epochs,
        batchSize: 8,
        verbose: 0,
        callbacks: tensorBoard(folder, {updateFreq: 'batch'}),
      });
    const first = await run(0, 2);
    const second = await run(2, 3);
    const train = join(folder, 'train');
    expect(eventFilesIn(train)).toHaveLength(2);
    expect(curve(train, 'epoch_loss')).toEqual(asCurve([...first.history.loss!, ...second.history.loss!]));
    expect(curve(train, 'batch_loss').map(([step]) => step)).toEqual(
      Array.from({length: 15}, (_, i) => i + 1),
    );
  });

  it('gives each run a folder of its own, and one that continues that of the latest', async () => {
    const run = (initialEpoch: number, epochs: number) =>
      makeModel().fit(xs, ys, {initialEpoch, epochs, verbose: 0, callbacks: tensorBoard(`${folder}/`)});
    await run(0, 2);
    await run(0, 1);
    await run(1, 3);
    await run(0, 1);
    const steps = (...path: string[]) =>
      curve(join(folder, ...path, 'train'), 'epoch_loss').map(([step]) => step);
    expect([steps(), steps('run2'), steps('run3')]).toEqual([[1, 2], [1, 2, 3], [1]]);
    expect(readdirSync(folder).sort()).toEqual(['run2', 'run3', 'train']);
  });

  it('writes learning rate and temperatures as they were during each epoch', async () => {
    const model = makeDiscreteModel();
    await model.fit(xs, ys, {
      epochs: 3,
      verbose: 0,
      callbacks: [
        tensorBoard(folder),
        callbacks.temperatureSchedule({forward: (epoch) => epoch / 2, backward: (epoch) => 1 + epoch}),
        callbacks.learningRateSchedule((epoch) => 0.5 ** epoch),
      ],
    });
    const train = join(folder, 'train');
    expect(curve(train, 'epoch_forwardTemperature/bits')).toEqual(asCurve([0, 0.5, 1]));
    expect(curve(train, 'epoch_backwardTemperature/bits')).toEqual(asCurve([1, 2, 3]));
    expect(curve(train, 'epoch_learningRate')).toEqual(asCurve([1, 0.5, 0.25]));
  });

  it('writes how often categories and gates were used', async () => {
    const model = sequential({
      layers: [
        layers.dense({units: 6, inputShape: [2]}),
        discrete.decoupledCategorical({name: 'code', categories: 3, seed: 1}),
        discrete.logicGateLayer({name: 'gates', units: 9, gateInitializer: 'randomNormal', seed: 1}),
        layers.dense({units: 1}),
      ],
    });
    model.compile({optimizer: train.sgd(0), loss: 'meanSquaredError'});
    await model.fit(xs, ys, {epochs: 2, verbose: 0, callbacks: tensorBoard(folder, {histograms: true})});
    const {values} = readEventFile(eventFilesIn(join(folder, 'train'))[0]!);
    const code = values.filter(({tag}) => tag === 'usage/code');
    expect(code.map(({step}) => step)).toEqual([1, 2]);
    for (const {buckets} of code) {
      expect(buckets!.map(([left, right]) => [left, right])).toEqual([
        [-0.5, 0.5],
        [0.5, 1.5],
        [1.5, 2.5],
      ]);
      expect(buckets!.reduce((sum, [, , count]) => sum + count!, 0)).toBe(2 * 40); // two groups, every sample once
    }
    const counts = new Array<number>(16).fill(0);
    const logits = model.getLayer('gates').getWeights()[0]!.arraySync() as number[][];
    for (const row of logits) counts[row.indexOf(Math.max(...row))]!++;
    const gates = values.find(({tag}) => tag === 'usage/gates')!;
    expect(gates.buckets!.map(([, , count]) => count)).toEqual(counts);

    const share = (tag: string) => values.find((value) => value.tag === `epoch_usage/${tag}`)!.simpleValue!;
    GATE_NAMES.forEach((name, gate) => {
      expect(share(`gates/${name}`), name).toBe(Math.fround((100 * counts[gate]!) / 9));
    });
    code[0]!.buckets!.forEach(([, , count], category) => {
      expect(share(`code/${category}`)).toBe(Math.fround((100 * count!) / 80));
    });
  });

  it('writes the histograms of a second model under the same tags', async () => {
    const tags: string[][] = [];
    for (const run of ['first', 'second']) {
      const model = sequential({layers: [layers.dense({units: 1, inputShape: [2], name: 'named'})]});
      model.compile({optimizer: train.sgd(0.1), loss: 'meanSquaredError'});
      const logDir = join(folder, run);
      await model.fit(xs, ys, {epochs: 1, verbose: 0, callbacks: tensorBoard(logDir, {histograms: true})});
      const {values} = readEventFile(eventFilesIn(join(logDir, 'train'))[0]!);
      tags.push(values.filter(({plugin}) => plugin === 'histograms').map(({tag}) => tag));
    }
    expect(tags).toEqual([
      ['named/kernel', 'named/bias'],
      ['named/kernel', 'named/bias'],
    ]);
  });

  it('writes the model and its configuration as text, once', async () => {
    const model = makeDiscreteModel();
    await model.fit(xs, ys, {epochs: 2, verbose: 0, callbacks: tensorBoard(folder)});
    const {values} = readEventFile(eventFilesIn(join(folder, 'train'))[0]!);
    const texts = values.filter(({plugin}) => plugin === 'text');
    expect(texts.map(({tag, step}) => [tag, step])).toEqual([
      ['summary', 0],
      ['config', 0],
    ]);
    expect(texts[0]!.text).toMatch(/^ {4}.*bits.*decoupled/m);
    const names = JSON.parse(texts[1]!.text!).config.layers.map(
      ({config}: {config: {name: string}}) => config.name,
    );
    expect(names).toEqual(expect.arrayContaining(model.layers.map(({name}) => name)));
  });

  it('loses no event of a training that ends the process by an error', async () => {
    const script = `
      import '@tensorflow/tfjs-backend-cpu';
      import {ones, setBackend} from '@tensorflow/tfjs-core';
      import {layers, sequential} from '@tensorflow/tfjs-layers';
      import {list, tensorBoard} from ${JSON.stringify(new URL('../../../src/callbacks/factories.ts', import.meta.url).href)};
      await setBackend('cpu');
      const model = sequential({layers: [layers.dense({units: 1, inputShape: [2]})]});
      model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
      const onBatchEnd = async (batch) => {
        if (batch === 2) throw new Error('in the third batch');
      };
      const board = tensorBoard(${JSON.stringify(folder)}, {updateFreq: 'batch'});
      await model.fit(ones([8, 2]), ones([8, 1]), {epochs: 1, batchSize: 1, callbacks: list([board, {onBatchEnd}])});`;
    const ended = promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      script,
    ]);
    await expect(ended).rejects.toMatchObject({code: 1});
    expect(curve(join(folder, 'train'), 'batch_loss').map(([step]) => step)).toEqual([1, 2, 3]);
  });

  it('writes numbers and scalars, zeros, NaN and the infinities', async () => {
    const board = tensorBoard(folder);
    board.setModel(makeModel() as unknown as LayersModel);
    board.setParams({});
    await board.onTrainBegin();
    const loss = scalar(0.1);
    const before = memory().numTensors;
    await board.onEpochBegin(0);
    await board.onEpochEnd(0, {
      loss,
      one: tensor([2.5]),
      zero: 0,
      lost: Number.NaN,
      up: Number.POSITIVE_INFINITY,
      down: Number.NEGATIVE_INFINITY,
      batch: 3,
      num_steps: 4,
    } as unknown as Logs);
    expect(memory().numTensors).toBe(before + 1); // `one`; nothing disposed, nothing left behind
    expect(loss.dataSync()[0]).toBe(Math.fround(0.1));
    const {values} = readEventFile(eventFilesIn(join(folder, 'train'))[0]!); // readable before the end
    const scalars = values.filter(({simpleValue}) => simpleValue !== undefined);
    expect(scalars.map(({tag, simpleValue}) => [tag, simpleValue])).toEqual([
      ['epoch_loss', Math.fround(0.1)],
      ['epoch_one', 2.5],
      ['epoch_zero', 0],
      ['epoch_lost', Number.NaN],
      ['epoch_up', Number.POSITIVE_INFINITY],
      ['epoch_down', Number.NEGATIVE_INFINITY],
      ['epoch_learningRate', Math.fround(0.1)],
    ]);
    await expect(board.onEpochEnd(1, {note: 'text'} as unknown as Logs)).rejects.toThrow(
      `TensorBoard: \`logs['note']\` must be a number or a scalar, got "text".`,
    );
    await board.onTrainEnd();
    await board.onTrainEnd();
  });

  it('writes the histogram of every trainable weight, be it constant, a single value or lost', async () => {
    const model = sequential({
      layers: [
        layers.dense({units: 30, inputShape: [2], name: 'wide'}),
        layers.dense({units: 5, name: 'frozen', trainable: false}),
        layers.dense({units: 1, name: 'lost', kernelInitializer: 'zeros'}),
      ],
    });
    model
      .getLayer('wide')
      .setWeights([model.getLayer('wide').getWeights()[0]!, tensor(new Array(30).fill(0.25))]);
    model
      .getLayer('lost')
      .setWeights([tensor([[1], [2], [Number.NaN], [Number.POSITIVE_INFINITY], [4]]), tensor([7])]);
    const board = tensorBoard(folder, {histograms: true});
    board.setModel(model as unknown as LayersModel);
    await board.onTrainBegin();
    await board.onEpochEnd(0);
    await board.onEpochEnd(1);

    const {values} = readEventFile(eventFilesIn(join(folder, 'train'))[0]!);
    const histograms = values.filter(({plugin}) => plugin === 'histograms');
    expect(histograms.map(({tag, step}) => [tag, step])).toEqual(
      [1, 2].flatMap((step) =>
        ['wide/kernel', 'wide/bias', 'lost/kernel', 'lost/bias'].map((tag) => [tag, step]),
      ),
    );
    const [kernel, bias, lost, one] = histograms;
    const weights = [...model.getLayer('wide').getWeights()[0]!.dataSync()];
    expect(kernel!.buckets).toHaveLength(30);
    for (const [left, right, count] of kernel!.buckets!) {
      const inside = weights.filter(
        (w) => w >= left! && (w < right! || (right === Math.max(...weights) && w === right)),
      );
      expect(count).toBe(inside.length);
    }
    expect(kernel!.buckets!.reduce((sum, [, , count]) => sum + count!, 0)).toBe(60);
    expect(bias!.buckets).toEqual([[-0.25, 0.75, 30]]);
    expect(lost!.buckets!.filter(([, , count]) => count! > 0)).toEqual([
      [1, expect.closeTo(1.1), 1],
      [2, expect.closeTo(2.1), 1],
      [expect.closeTo(3.9), 4, 1],
    ]);
    expect(one!.buckets).toEqual([[6.5, 7.5, 1]]);
  });

  it('hands its events to a writer of the user', async () => {
    const written: Record<string, unknown[]> = {};
    const createWriter = (name: string): EventWriter => {
      written[name] = [];
      return {
        scalar: (...args) => void written[name]!.push(args),
        histogram: (tag, values, step) => void written[name]!.push([tag, [...Array.from(values)], step]),
        flush: () => void written[name]!.push('flush'),
        close: () => void written[name]!.push('close'),
      };
    };
    await makeModel().fit(xs, ys, {
      epochs: 1,
      verbose: 0,
      validationSplit: 0.5,
      callbacks: tensorBoard('somewhere/', {createWriter}),
    });
    expect(Object.keys(written).sort()).toEqual(['somewhere/train', 'somewhere/val']);
    expect(written['somewhere/val']).toEqual([
      ['epoch_loss', expect.any(Number), 1],
      ['epoch_mae', expect.any(Number), 1],
      'flush',
      'close',
    ]);
    expect(existsSync('somewhere')).toBe(false);
  });

  it('starts a new run after training that threw', async () => {
    const board = tensorBoard(folder);
    const model = makeModel();
    const failing = new Note(() => {
      throw new Error('stop here');
    });
    const run = (callbacks: Callback[]) => model.fit(xs, ys, {epochs: 1, verbose: 0, callbacks});
    await expect(run([board, failing])).rejects.toThrow('stop here');
    await run([board]);
    expect(curve(join(folder, 'train'), 'epoch_loss')).toHaveLength(1);
    expect(curve(join(folder, 'run2', 'train'), 'epoch_loss')).toHaveLength(1);
  });

  it.each<[unknown, TensorBoardArgs | Record<string, unknown>, string]>([
    [7, {}, 'TensorBoard: `logDir` must be a path, got 7.'],
    ['', {}, 'TensorBoard: `logDir` must be a path, got "".'],
    [undefined, {}, 'TensorBoard: `logDir` must be a path, got undefined.'],
    ['x', {updateFreq: 'step'}, `TensorBoard: \`updateFreq\` must be one of 'epoch', 'batch', got "step".`],
    ['x', {histogram: true}, 'TensorBoard: unknown option `histogram`; did you mean `histograms`?'],
    ['x', {histograms: 1}, 'TensorBoard: `histograms` must be true or false, got 1.'],
    ['x', {createWriter: 'tf'}, 'TensorBoard: `createWriter` must be a function, got "tf".'],
  ])('rejects (%s, %o) before it writes anything', (logDir, args, message) => {
    expect(() => tensorBoard(logDir as string, args as TensorBoardArgs)).toThrow(message);
  });

  it('touches no file before there is an event', async () => {
    const logDir = join(folder, 'new');
    await tensorBoard(logDir).onTrainBegin();
    expect(existsSync(logDir)).toBe(false);
  });
});

describe('event files', () => {
  it('name a path that is not a folder', () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    expect(() => eventFiles()(join(path, 'train'))).toThrow(
      `TensorBoard: \`logDir\` must be a folder that can be written to (ENOTDIR), got "${join(path, 'train')}".`,
    );
  });

  it('hold long tags, large steps and many events', () => {
    const writer = eventFiles()(folder);
    const tag = 'ä'.repeat(10_000);
    for (let step = 0; step < 200; step++) writer.scalar(tag, step / 7, 2 ** 40 + step);
    writer.close();
    expect(curve(folder, tag)).toEqual(
      Array.from({length: 200}, (_, step) => [2 ** 40 + step, Math.fround(step / 7)]),
    );
  });

  it('are whole up to the last flush when the process is killed', async () => {
    const script = `
      import {eventFiles} from ${JSON.stringify(new URL('../../../src/callbacks/tensorboard/eventFile.ts', import.meta.url).href)};
      const writer = eventFiles()(${JSON.stringify(folder)});
      for (let step = 0; ; step++) {
        writer.scalar('loss', step, step);
        if (step % 100 === 99) writer.flush();
        if (step === 1050) process.kill(process.pid, 'SIGKILL');
      }`;
    const killed = promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      script,
    ]);
    await expect(killed).rejects.toMatchObject({signal: 'SIGKILL'});
    expect(curve(folder, 'loss')).toEqual(Array.from({length: 1000}, (_, step) => [step, step]));
  });

  it('stay readable after an append that the disk takes only in part', async () => {
    const script = `
      import {eventFiles} from ${JSON.stringify(new URL('../../../src/callbacks/tensorboard/eventFile.ts', import.meta.url).href)};
      const writer = eventFiles()(${JSON.stringify(folder)});
      writer.scalar('loss', 1, 1);
      writer.flush();
      writer.scalar('x'.repeat(20_000), 2, 2);
      let code;
      try {
        writer.flush();
      } catch (error) {
        code = error.code;
      }
      writer.scalar('loss', 3, 3);
      writer.close();
      console.log(code);`;
    // Files may grow to 8 KiB: a larger write stops there, as on a full disk. The cache of tsx needs more.
    const limited = `trap '' XFSZ; ulimit -f 8; exec ${process.execPath} --import tsx --input-type=module -e "$0"`;
    const env = {...process.env, TSX_DISABLE_CACHE: '1'};
    const {stdout} = await promisify(execFile)('bash', ['-c', limited, script], {env});
    expect(stdout.trim()).toBe('EFBIG');
    expect(curve(folder, 'loss')).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  it('are read by these tests as strictly as by TensorBoard', () => {
    const writer = eventFiles()(folder);
    writer.scalar('loss', 1, 1);
    writer.close();
    const [path] = eventFilesIn(folder);
    const whole = readFileSync(path!);
    const broken = Buffer.from(whole);
    broken[broken.length - 6]! ^= 1;
    expect(() => readRecords(broken)).toThrow('wrong checksum of the data');
    expect(() => readRecords(whole.subarray(0, -1))).toThrow('cut off');
    appendFileSync(path!, 'x');
    expect(() => readEventFile(path!)).toThrow('cut off');
  });

  it('are rejected where there is no file system', () => {
    expect(() => browserEventFiles()).toThrow('TensorBoard: event files need a file system');
  });
});

describe('histogram', () => {
  it('counts every finite value once', () => {
    expect(histogram([0, 1, 2, 3, 4, Number.NaN, Number.NEGATIVE_INFINITY], 4)).toEqual([
      [0, 1, 1],
      [1, 2, 1],
      [2, 3, 1],
      [3, 4, 2],
    ]);
  });

  it.each([
    ['no value', [], []],
    ['no finite value', [Number.NaN, Number.POSITIVE_INFINITY], []],
    ['one value', [3], [[2.5, 3.5, 1]]],
    ['equal values', [-1, -1, -1], [[-1.5, -0.5, 3]]],
  ])('stands %s', (_, values, buckets) => {
    expect(histogram(values)).toEqual(buckets);
  });

  it('handles the largest and smallest differences of numbers', () => {
    for (const values of [
      [-1.7e308, 1.7e308],
      [0, 5e-324],
      [1e30, 1e30 + 2e14],
      [-3.4e38, 1e-38, 3.4e38],
    ]) {
      const buckets = histogram(values);
      expect(buckets.reduce((sum, [, , count]) => sum + count, 0)).toBe(values.length);
      expect(buckets.flat().every(Number.isFinite)).toBe(true);
    }
  });
});
