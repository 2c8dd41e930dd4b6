import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {memory, tensor2d, train} from '@tensorflow/tfjs-core';
import {type Callback, layers as keras, type Sequential, sequential} from '@tensorflow/tfjs-layers';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {duration, epochLine} from '../../src/callbacks/progressView.js';
import {callbacks, layers, type TrainingProgress} from '../../src/index.js';

const xs = tensor2d(Array.from({length: 40}, (_, i) => [Math.sin(i), Math.cos(i)]));
const ys = tensor2d(Array.from({length: 40}, (_, i) => [Math.sin(i) > 0 ? 1 : 0]));

function makeModel(): Sequential {
  const model = sequential({
    layers: [
      keras.dense({units: 3, inputShape: [2]}),
      layers.stochasticBinary({name: 'bits', seed: 1}),
      keras.dense({units: 1}),
    ],
  });
  model.compile({optimizer: train.sgd(0.1), loss: 'meanSquaredError'});
  return model;
}

const run = (model: Sequential, used: Callback[], epochs = 3) =>
  model.fit(xs, ys, {epochs, batchSize: 16, validationSplit: 0.2, verbose: 0, callbacks: used});

/** What console.log was given. */
function printed(): string[] {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  return lines;
}
afterEach(() => vi.restoreAllMocks());

describe('progress', () => {
  it.each(['lines', 'auto'] as const)('prints a line per epoch off a terminal, as %s', async (display) => {
    const lines = printed();
    const {history} = await run(makeModel(), [callbacks.progress({display})]);
    expect(lines).toHaveLength(3);
    lines.forEach((line, i) => {
      const loss = Number((history.loss![i] as number).toPrecision(4));
      expect(line).toMatch(
        new RegExp(`^epoch ${i + 1}/3  loss ${String(loss).replace('.', '\\.')}  val_loss .*  \\d+\\.\\d s$`),
      );
    });
  });

  it('shows what callbacks behind it have logged', async () => {
    const lines = printed();
    await run(makeModel(), [callbacks.progress(), callbacks.monitors()]);
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).toMatch(/deadUnits [\d.]+ % {2}gradientNorm|perplexity\/bits [\d.]+/);
      expect(line).toContain('gradientNorm');
      expect(line).not.toContain('deadUnits/bits');
    }
  });

  it('tells of batches, epochs and the end, with the mean loss so far', async () => {
    const seen: TrainingProgress[] = [];
    const heard: string[] = [];
    const progress = callbacks.progress({display: 'none', onProgress: (event) => seen.push(event)});
    for (const type of ['batch', 'epoch', 'end']) {
      progress.events.addEventListener(type, (event) => {
        expect((event as CustomEvent).detail.type).toBe(type);
        heard.push(type);
      });
    }
    const {history} = await run(makeModel(), [progress]);
    expect(heard).toEqual(seen.map(({type}) => type));
    const epochs = seen.filter(({type}) => type === 'epoch');
    expect(epochs.map(({epoch, epochs, batch, batches}) => [epoch, epochs, batch, batches])).toEqual(
      [1, 2, 3].map((epoch) => [epoch, 3, 2, 2]),
    );
    expect(epochs.map(({loss}) => loss)).toEqual(history.loss);
    expect(epochs.map(({logs}) => logs!.val_loss)).toEqual(history.val_loss);
    expect(seen[0]).toMatchObject({
      type: 'batch',
      epoch: 1,
      batch: 0,
      loss: undefined,
      secondsLeft: undefined,
    });
    expect(seen.at(-1)).toMatchObject({type: 'end', epoch: 3, epochs: 3});
  });

  it('averages the loss over samples, batch by batch', async () => {
    const seen: TrainingProgress[] = [];
    const progress = callbacks.progress({display: 'none', onProgress: (event) => seen.push(event)});
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000)); // every batch is due
    const {history} = await run(makeModel(), [progress], 1);
    const batches = seen.filter(({type, batch}) => type === 'batch' && batch > 0);
    expect(batches.map(({batch}) => batch)).toEqual([1, 2]);
    expect(batches[1]!.loss! / (history.loss![0] as number)).toBeCloseTo(1, 5);
    expect(batches[0]!.secondsLeft).toBeGreaterThan(0);
    expect(batches[1]!.secondsLeft).toBe(0);
  });

  it('leaves no tensor behind', async () => {
    const model = makeModel();
    const progress = callbacks.progress({display: 'none'});
    await run(model, [progress], 1);
    const before = memory().numTensors;
    await run(model, [progress], 2);
    expect(memory().numTensors).toBe(before);
  });

  it('shows a bar with batch and loss on a terminal, and the line of an epoch in its place', async () => {
    const script = `
      import '@tensorflow/tfjs-backend-cpu';
      import {ones, setBackend} from '@tensorflow/tfjs-core';
      import {layers, sequential} from '@tensorflow/tfjs-layers';
      import {progress} from ${JSON.stringify(new URL('../../src/callbacks/factories.ts', import.meta.url).href)};
      await setBackend('cpu');
      const model = sequential({layers: [layers.dense({units: 1, inputShape: [2]})]});
      model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
      await model.fit(ones([64, 2]), ones([64, 1]), {epochs: 2, batchSize: 8, callbacks: [progress({display: 'bar'})]});`;
    const {stdout, stderr} = await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      script,
    ]);
    expect(stdout).toMatch(/epoch 1\/2 {2}.*loss [\d.e-]+ {2}.*\n(.*\n)*epoch 2\/2 {2}.*loss [\d.e-]+/);
    expect(stderr).toMatch(/epoch 1\/2 {2}[█░]+ {2}batch \d\/8 {2}loss/);
  });

  it.each([
    [{displays: 'bar'}, 'Progress: unknown option `displays`; did you mean `display`?'],
    [
      {display: 'line'},
      "Progress: `display` must be one of 'auto', 'bar', 'lines', 'none' (did you mean 'lines'?), got \"line\".",
    ],
    [{onProgress: 1}, 'Progress: `onProgress` must be a function, got 1.'],
  ])('rejects %o', (args, message) => {
    expect(() => callbacks.progress(args as never)).toThrow(message);
  });
});

describe('the line of an epoch', () => {
  it('shows accuracy and dead units in percent, other values in four digits', () => {
    const logs = {
      val_loss: 1,
      loss: 0.123456,
      acc: 0.98765,
      deadUnits: 2.5,
      'deadUnits/a': 1,
      'perplexity/a': 1.98765,
    };
    const progress = {epoch: 1, epochs: 2, logs, seconds: 12.34} as unknown as TrainingProgress;
    expect(epochLine(progress)).toBe(
      'epoch 1/2  loss 0.1235  acc 98.77 %  deadUnits 2.5 %  perplexity/a 1.988  val_loss 1  12.3 s',
    );
  });

  it.each([
    [59.94, '59.9 s'],
    [59.97, '1 min 0 s'],
    [61, '1 min 1 s'],
    [119.7, '2 min 0 s'],
    [3_599.8, '1 h 0 min'],
    [3_725, '1 h 2 min'],
  ])('shows %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
