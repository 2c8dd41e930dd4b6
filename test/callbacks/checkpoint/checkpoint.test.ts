import {mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {memory, type Optimizer, SGDOptimizer, square, sub, type Tensor, train} from '@tensorflow/tfjs-core';
import {Callback, type LayersModel, type Logs, sequential} from '@tensorflow/tfjs-layers';
import {
  type CheckpointArgs,
  callbacks,
  functional,
  layers,
  optimizers,
  resume,
  type ShuffledBatches,
  shuffledBatches,
} from 'tfjs-discrete';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {dense} from '../../support/subjects.js';
import {uniformTensor, weightsOf} from '../../support/values.js';

const {cosine, warmUp, linear} = functional.schedules;
const x = uniformTensor([60, 4], -1, 1, 5);
const y = uniformTensor([60, 1], -1, 1, 6);
const newBatches = () => shuffledBatches(x, y, {seed: 7, batchSize: 8}); // eight per epoch

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => {
  rmSync(dir, {recursive: true});
  vi.restoreAllMocks();
});

/** Layers with random streams, one of which validation uses up as well. */
function network(
  optimizer: Optimizer,
  loss: 'meanSquaredError' | ((a: Tensor, b: Tensor) => Tensor) = 'meanSquaredError',
) {
  const model = sequential({
    layers: [
      dense({units: 8, inputShape: [4], seed: 1}),
      layers.stochasticBinary({seed: 3, evaluation: 'sample'}),
      dense({units: 6, seed: 2}),
      layers.decoupledCategorical({seed: 3, categories: 3}),
      dense({units: 1, seed: 4}),
    ],
  });
  model.compile({optimizer, loss, metrics: ['mse']});
  return model;
}

/** Throws after so many batches, as a kill between two batches would. */
class Interrupt extends Callback {
  private batches = 0;

  constructor(private readonly after: number) {
    super();
  }

  override async onBatchEnd(): Promise<void> {
    if (++this.batches === this.after) throw new Error('interrupted');
  }
}

interface Run {
  batches?: ShuffledBatches;
  args?: CheckpointArgs;
  epochs?: number;
  interruptAfter?: number;
  before?: () => Callback[];
}

/** Trains until the end, or until it is interrupted, from the latest checkpoint of `dir`. */
async function trainOn(make: () => LayersModel, {args, epochs = 3, interruptAfter = 0, before}: Run) {
  const run = await resume(dir);
  const model = run?.model ?? make();
  const batches = args?.batches && newBatches();
  const common = {
    epochs,
    initialEpoch: run?.epoch ?? 0,
    verbose: 0 as const,
    callbacks: [
      ...(before?.() ?? []),
      callbacks.checkpoint(dir, {...args, ...(batches && {batches})}),
      new Interrupt(interruptAfter),
    ],
  };
  const validationData: [Tensor, Tensor] = [x, y];
  const {history, epoch} = await (batches
    ? model.fitDataset(batches, {...common, validationData})
    : model.fit(x, y, {...common, validationData, batchSize: 8, shuffle: false}));
  return {model, history, epoch, run};
}

const OPTIMIZERS: Record<string, () => Optimizer> = {
  'adam with a schedule and averages': () =>
    optimizers.adam({learningRate: warmUp(cosine(0.02, 0.001, 15), 6), ema: 0.9}),
  rectifiedAdam: () => optimizers.rectifiedAdam({learningRate: 0.02}),
  'TensorFlow.js’s adam': () => train.adam(0.01),
  'TensorFlow.js’s momentum': () => train.momentum(0.02, 0.9),
};

const temperatures = () => [callbacks.temperatureSchedule({forward: linear(1, 0.2, 3)})];
const everyThree = {everySteps: 3, batches: newBatches()};

describe('a run that is interrupted and resumed', () => {
  it.each(Object.keys(OPTIMIZERS))(
    'ends with the weights and History of an uninterrupted one: %s',
    async (name) => {
      const make = () => network(OPTIMIZERS[name]!());
      const stayed = await trainOn(make, {args: everyThree, before: temperatures});
      rmSync(dir, {recursive: true});
      const positions: unknown[] = [];
      for (const interruptAfter of [2, 4, 7, 1, 9, 3]) {
        const interrupted = trainOn(make, {args: everyThree, before: temperatures, interruptAfter});
        await expect(interrupted).rejects.toThrow('interrupted');
        const run = await resume(dir);
        positions.push(run && [run.epoch, run.batch, run.step]);
      }
      // 8 batches per epoch: every third step, and the end of each epoch.
      expect(positions).toEqual([undefined, [0, 3, 3], [1, 1, 9], [1, 1, 9], [2, 2, 18], [2, 5, 21]]);
      const returned = await trainOn(make, {args: everyThree, before: temperatures});
      expect(returned.history).toEqual(stayed.history);
      expect(returned.epoch).toEqual([0, 1, 2]);
      expect(weightsOf(returned.model)).toEqual(weightsOf(stayed.model));
      const state = async ({model}: typeof stayed) =>
        (await model.optimizer.getWeights()).map(({tensor}) => [...tensor.dataSync()]);
      expect(await state(returned)).toEqual(await state(stayed));
      expect(returned.model.optimizer.iterations).toBe(24);
    },
  );

  it('continues `fit` without shuffling from the beginning of an epoch', async () => {
    const make = () => network(optimizers.adamW({learningRate: 0.01}));
    const stayed = await trainOn(make, {});
    rmSync(dir, {recursive: true});
    await expect(trainOn(make, {interruptAfter: 13})).rejects.toThrow('interrupted');
    await expect(trainOn(make, {interruptAfter: 5})).rejects.toThrow('interrupted');
    const returned = await trainOn(make, {});
    expect(returned.run).toMatchObject({epoch: 1, batch: 0, step: 8, compiled: true, faults: []});
    expect(returned.history).toEqual(stayed.history);
    expect(weightsOf(returned.model)).toEqual(weightsOf(stayed.model));
  });

  it('can be trained for more epochs later, in another process or the same', async () => {
    const make = () => network(optimizers.adam());
    const stayed = await trainOn(make, {epochs: 4});
    rmSync(dir, {recursive: true});
    const {model} = await trainOn(make, {epochs: 1});
    const checkpoint = callbacks.checkpoint(dir);
    const fit = {batchSize: 8, shuffle: false, verbose: 0, validationData: [x, y] as [Tensor, Tensor]};
    await model.fit(x, y, {...fit, initialEpoch: 1, epochs: 2, callbacks: [checkpoint]});
    const returned = await trainOn(make, {epochs: 4});
    expect(returned.history).toEqual(stayed.history);
    const over = await trainOn(make, {epochs: 4});
    expect([over.history, over.epoch]).toEqual([stayed.history, [0, 1, 2, 3]]);
  });

  it('keeps counting the epochs of a plateau', async () => {
    const plateau = () => [
      callbacks.reduceLROnPlateau({monitor: 'loss', minDelta: 100, factor: 0.5, patience: 2}),
    ];
    const make = () => network(train.sgd(0.01));
    const stayed = await trainOn(make, {epochs: 6, before: plateau});
    rmSync(dir, {recursive: true});
    for (const interruptAfter of [13, 18]) {
      await expect(trainOn(make, {epochs: 6, before: plateau, interruptAfter})).rejects.toThrow(
        'interrupted',
      );
    }
    const returned = await trainOn(make, {epochs: 6, before: plateau});
    expect(stayed.history.learningRate).toEqual([0.01, 0.01, 0.01, 0.005, 0.005, 0.0025]);
    expect(returned.history).toEqual(stayed.history);
  });

  it('is compiled by the user where its loss is a function', async () => {
    const loss = (target: Tensor, output: Tensor) => square(sub(target, output));
    const make = () => network(optimizers.adam(), loss);
    const stayed = await trainOn(make, {epochs: 2});
    rmSync(dir, {recursive: true});
    await trainOn(make, {epochs: 1});
    const run = (await resume(dir))!;
    expect(run.compiled).toBe(false);
    run.model.compile({optimizer: run.optimizer, loss, metrics: ['mse']});
    const fit = {batchSize: 8, shuffle: false, verbose: 0, validationData: [x, y] as [Tensor, Tensor]};
    await run.model.fit(x, y, {...fit, initialEpoch: run.epoch, epochs: 2});
    expect(weightsOf(run.model)).toEqual(weightsOf(stayed.model));
  });

  it('leaves no tensor behind', async () => {
    const {model} = await trainOn(() => network(train.adam(0.01)), {args: everyThree});
    const before = memory().numTensors;
    const run = (await resume(dir))!;
    const args = {epochs: 5, initialEpoch: run.epoch, verbose: 0 as const};
    const batches = newBatches();
    const checkpoint = callbacks.checkpoint(dir, {everySteps: 3, batches});
    await run.model.fitDataset(batches, {...args, callbacks: [checkpoint]});
    const kept = memory().numTensors;
    await run.model.fitDataset(batches, {
      ...{...args, initialEpoch: 5, epochs: 7},
      callbacks: [callbacks.checkpoint(dir, {everySteps: 2, batches})],
    });
    expect(memory().numTensors).toBe(kept);
    run.optimizer.dispose();
    run.model.dispose();
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  it('keeps metrics that are NaN or infinite', async () => {
    class Strange extends Callback {
      override async onEpochEnd(epoch: number, logs?: Logs): Promise<void> {
        Object.assign(logs!, {odd: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][epoch]});
      }
    }
    await trainOn(() => network(train.sgd(0.01)), {before: () => [new Strange()]});
    const {history} = (await resume(dir))!;
    expect(history.odd).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });
});

describe('the folder of checkpoints', () => {
  const make = () => network(train.sgd(0.01));
  const names = (steps: number[]) => steps.map((step) => `step-${String(step).padStart(12, '0')}.checkpoint`);

  /** Gives the epochs' metric these values. */
  const metric = (values: number[]) => () => [
    new (class extends Callback {
      override async onEpochEnd(epoch: number, logs?: Logs): Promise<void> {
        logs!.metric = values[epoch]!;
      }
    })(),
  ];

  it.each<[CheckpointArgs, number[]]>([
    [{}, [24, 32]],
    [{keep: 1}, [32]],
    [{keep: 3, everySteps: 3, batches: newBatches()}, [27, 30, 32]],
    [{monitor: 'metric'}, [16, 24, 32]],
    [{monitor: 'metric', saveBestOnly: true}, [8, 16]],
    [{monitor: 'metric', mode: 'max', saveBestOnly: true}, [8, 32]],
    [{monitor: 'metric', mode: 'max', saveBestOnly: true, keep: 1}, [32]],
  ])('holds those that are to be kept: %j', async (args, steps) => {
    await trainOn(make, {args, epochs: 4, before: metric([3, 1, 2, 4])});
    expect(readdirSync(dir).sort()).toEqual(names(steps));
  });

  it('remembers the best value over an interruption', async () => {
    const args = {monitor: 'metric', keep: 1};
    await trainOn(make, {args, epochs: 2, before: metric([1, 3])});
    await trainOn(make, {args, epochs: 4, before: metric([1, 3, 2, 2])});
    expect(readdirSync(dir).sort()).toEqual(names([8, 32]));
  });

  it('is not shared by two runs', async () => {
    await trainOn(make, {epochs: 1});
    const fresh = make();
    await expect(
      fresh.fit(x, y, {epochs: 1, verbose: 0, callbacks: [callbacks.checkpoint(dir)]}),
    ).rejects.toThrow(
      `Checkpoint: \`dir\` must be empty, or of the run that \`resume\` has loaded the model from, got "${dir}, with 1 checkpoints".`,
    );
  });

  it('loses what a killed save left behind, and nothing else', async () => {
    const strangers = ['notes.txt', 'step-1.checkpoint', 'step-000000000001.checkpoint.tmp'];
    for (const name of [...strangers, 'step-000000000001.checkpoint.0123456789ab.tmp']) {
      writeFileSync(join(dir, name), 'x');
    }
    await trainOn(make, {epochs: 1});
    expect(readdirSync(dir).sort()).toEqual([...strangers, ...names([8])].sort());
  });
});

describe('a checkpoint that cannot be read', () => {
  const make = () => network(train.sgd(0.01));
  const pathOf = (step: number) => join(dir, `step-${String(step).padStart(12, '0')}.checkpoint`);

  const FAULTS: Record<string, [damage: (path: string) => void, message: RegExp]> = {
    empty: [(path) => truncateSync(path, 0), /is not a checkpoint of tfjs-discrete/],
    'cut off in its header': [
      (path) => truncateSync(path, 20),
      /is cut off after 20 bytes, within its header/,
    ],
    'cut off later': [(path) => truncateSync(path, 2_000), /is cut off after 2000 of \d+ bytes/],
    'one byte too long': [
      (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from([0])])),
      /has changed since it was written: its checksum does not match/,
    ],
    'changed in one bit': [
      (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 5]! ^= 4;
        writeFileSync(path, bytes);
      },
      /has changed since it was written: its checksum does not match/,
    ],
    foreign: [
      (path) => writeFileSync(path, 'PK\u0003\u0004 an archive'),
      /is not a checkpoint of tfjs-discrete/,
    ],
    'of another release': [
      (path) => writeFileSync(path, Buffer.concat([Buffer.from('TFDCKPT9'), readFileSync(path).subarray(8)])),
      /has format 9, this release reads format 1/,
    ],
  };

  it.each(Object.keys(FAULTS))('is reported by name, and the one before it is used: %s', async (fault) => {
    const [damage, message] = FAULTS[fault]!;
    const stayed = await trainOn(make, {epochs: 4});
    rmSync(dir, {recursive: true});
    await trainOn(make, {epochs: 3});
    damage(pathOf(24));
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const returned = await trainOn(make, {epochs: 4});
    expect(returned.run).toMatchObject({epoch: 2, step: 16, file: pathOf(16)});
    expect(returned.run!.faults[0]!.message).toMatch(message);
    expect(returned.run!.faults[0]!.message).toContain(pathOf(24));
    expect(warn.mock.calls).toEqual([
      [`${returned.run!.faults[0]!.message} The checkpoint before it is used.`],
    ]);
    expect(weightsOf(returned.model)).toEqual(weightsOf(stayed.model));
    expect(readdirSync(dir).sort()).toEqual([24, 32].map((step) => pathOf(step).slice(dir.length + 1)));
  });

  it('is an error where there is no other', async () => {
    await trainOn(make, {epochs: 2});
    truncateSync(pathOf(8), 100);
    truncateSync(pathOf(16), 3);
    await expect(resume(dir)).rejects.toThrow(
      new RegExp(
        `resume: ${dir} has no checkpoint that can be read\\.\nresume: .*16.checkpoint is cut off after 3 bytes.*\nresume: .*8.checkpoint is cut off after 100 of`,
      ),
    );
  });

  it('is not taken for one where a class is missing: the error says which', async () => {
    class Stranger extends SGDOptimizer {
      static override get className() {
        return 'Stranger';
      }
    }
    await trainOn(() => network(new Stranger(0.1)), {epochs: 1});
    await expect(resume(dir)).rejects.toThrow(
      "resume: the optimizer's class Stranger is not registered; import it first.",
    );
  });

  it('is none where the folder is missing or empty', async () => {
    expect(await resume(dir)).toBeUndefined();
    expect(await resume(join(dir, 'missing'))).toBeUndefined();
  });
});

describe('checkpoint', () => {
  it.each<[unknown, CheckpointArgs, string]>([
    ['', {}, '`dir` must be a path, got "".'],
    [3, {}, '`dir` must be a path, got 3.'],
    ['a', {keep: 0}, '`keep` must be a whole number >= 1, got 0.'],
    ['a', {saveBestOnly: 1 as never}, '`saveBestOnly` must be true or false, got 1.'],
    ['a', {everySteps: 2}, '`everySteps` must be left out where `batches` is not given, got 2.'],
    ['a', {everySteps: 0, batches: newBatches()}, '`everySteps` must be a whole number >= 1, got 0.'],
    [
      'a',
      {everySteps: 2, batches: newBatches(), saveBestOnly: true},
      '`everySteps` must be left out with `saveBestOnly`, got 2.',
    ],
    ['a', {batches: x as never}, '`batches` must be what `shuffledBatches` makes, got '],
    ['a', {monitor: ''}, '`monitor` must be a key of `logs`, got "".'],
    ['a', {everyStep: 2} as never, 'unknown option `everyStep`; did you mean `everySteps`?'],
  ])('rejects %j, %j', (path, args, message) => {
    expect(() => callbacks.checkpoint(path as string, args)).toThrow(`Checkpoint: ${message}`);
  });

  it('rejects to resume at another epoch, or with other batches', async () => {
    const make = () => network(train.sgd(0.01));
    const args = {everySteps: 3, batches: newBatches()};
    await expect(trainOn(make, {args, interruptAfter: 12})).rejects.toThrow('interrupted');
    const resumed = async (batches: ShuffledBatches, given: CheckpointArgs, initialEpoch?: number) => {
      const run = (await resume(dir))!;
      await run.model.fitDataset(batches, {
        ...{epochs: 3, initialEpoch: initialEpoch ?? run.epoch, verbose: 0},
        callbacks: [callbacks.checkpoint(dir, given)],
      });
    };
    const batches = newBatches();
    await expect(resumed(batches, {batches}, 0)).rejects.toThrow(
      'Checkpoint: `initialEpoch` must be 1, where the resumed run stopped, got 0.',
    );
    await expect(resumed(batches, {})).rejects.toThrow(
      'Checkpoint: `batches` must be given, as the resumed run stopped in the middle of an epoch, got undefined.',
    );
    const others = shuffledBatches(x, y, {seed: 8, batchSize: 8});
    await expect(resumed(others, {batches: others})).rejects.toThrow(
      'Checkpoint: `batches.seed` must be 7, as the run that is resumed had it, got 8.',
    );
    await expect(resumed(newBatches(), {batches, everySteps: 1})).rejects.toThrow(
      'Checkpoint: `batches` must be what `fitDataset` trains on, got "batches at epoch 1, batch ',
    );
  });

  it('rejects an optimizer that cannot be saved, and a folder that is a file, before training', async () => {
    const model = network(train.adamax(0.1));
    const before = weightsOf(model);
    await expect(
      model.fit(x, y, {epochs: 1, verbose: 0, callbacks: [callbacks.checkpoint(dir)]}),
    ).rejects.toThrow(/getWeights\(\) is not implemented for Adamax/);
    const ownSchedule = network(optimizers.adam({learningRate: (step) => 1 / (step + 1)}));
    await expect(
      ownSchedule.fit(x, y, {epochs: 1, verbose: 0, callbacks: [callbacks.checkpoint(dir)]}),
    ).rejects.toThrow('Adam: `learningRate` must be a number or made by `functional.schedules` to be saved');
    expect(ownSchedule.optimizer.iterations).toBe(0);
    const file = join(dir, 'file');
    writeFileSync(file, '');
    await expect(
      network(train.sgd(0.1)).fit(x, y, {epochs: 1, verbose: 0, callbacks: [callbacks.checkpoint(file)]}),
    ).rejects.toThrow(/Checkpoint: `dir` must be a folder that can be written to \(EEXIST\), got/);
    expect(weightsOf(model)).toEqual(before);
  });
});

it('saves nothing of an epoch that `stopTraining` cut short, but where it stopped with `everySteps`', async () => {
  class Stop extends Callback {
    override async onBatchEnd(batch: number): Promise<void> {
      if (batch === 4) this.model.stopTraining = true;
    }
  }
  const make = () => network(train.sgd(0.01));
  await trainOn(make, {before: () => [new Stop()]});
  expect(readdirSync(dir)).toEqual([]);
  const args = {everySteps: 3, batches: newBatches()};
  await trainOn(make, {args, before: () => [new Stop()]});
  expect(await resume(dir)).toMatchObject({epoch: 0, batch: 5, step: 5});
  const stayed = network(train.sgd(0.01));
  await stayed.fitDataset(newBatches(), {epochs: 3, verbose: 0, validationData: [x, y]});
  const returned = await trainOn(make, {args});
  expect(weightsOf(returned.model)).toEqual(weightsOf(stayed));
});
