import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {memory, oneHot, randomNormal, type Tensor, tensor1d, train} from '@tensorflow/tfjs-core';
import {layers as keras, type Sequential, sequential} from '@tensorflow/tfjs-layers';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {niceTicks} from '../../../src/callbacks/report/lineChart.js';
import {callbacks, layers, type ReportArgs, report} from '../../../src/index.js';

const x = randomNormal([30, 16], 0, 1, 'float32', 3);
const labels = Array.from({length: 30}, (_, i) => i % 3);
const y = oneHot(tensor1d(labels, 'int32'), 3);

function makeModel(): Sequential {
  const model = sequential({
    layers: [
      keras.dense({units: 8, inputShape: [16]}),
      layers.decoupledCategorical({name: 'code', categories: 4, seed: 1}),
      layers.logicGateLayer({name: 'gates', units: 12, seed: 1, gateInitializer: 'randomNormal'}),
      keras.dense({units: 3, activation: 'softmax'}),
    ],
  });
  model.compile({optimizer: train.adam(0.01), loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  return model;
}

const watched = (model: Sequential, epochs = 3) =>
  model.fit(x, y, {epochs, validationSplit: 0.2, verbose: 0, callbacks: callbacks.monitors()});

/** What the page's script shows of a chart: the JSON beside its title. */
function tipOf(page: string, title: string) {
  const [, text] = new RegExp(`aria-label="${title}"[^>]* data-tip="([^"]*)"`).exec(page)!;
  const json = text!.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  return JSON.parse(json) as {epoch: number[]; series: {name: string; colour: string; values: string[]}[]};
}

describe('report', () => {
  it('holds every value of the history, by chart and epoch', async () => {
    const model = makeModel();
    const history = await watched(model);
    const page = await report(history, {model});
    const loss = tipOf(page, 'Loss');
    expect(loss.epoch).toEqual([1, 2, 3]);
    expect(loss.series.map(({name}) => name)).toEqual(['training', 'validation']);
    const four = (values: unknown[]) =>
      values.map((value) => String(Number((value as number).toPrecision(4))));
    expect(loss.series[0]!.values).toEqual(four(history.history.loss!));
    expect(loss.series[1]!.values).toEqual(four(history.history.val_loss!));
    expect(tipOf(page, 'Gradient norm').series[0]!.values).toEqual(four(history.history.gradientNorm!));
    const accuracy = tipOf(page, 'Accuracy').series[1]!.values.at(-1);
    expect(accuracy).toBe(`${Number((100 * (history.history.val_acc!.at(-1) as number)).toFixed(2))} %`);
  });

  it('gives a layer one colour in every chart, and states the maximum of its perplexity', async () => {
    const model = makeModel();
    const page = await report(await watched(model), {model});
    const colours = (title: string) =>
      Object.fromEntries(tipOf(page, title).series.map(({name, colour}) => [name, colour]));
    expect(colours('Perplexity')).toEqual({code: 'var(--layer-0)', gates: 'var(--layer-1)'});
    expect(colours('Dead units, % of the layer')).toMatchObject(colours('Perplexity'));
    expect(page).toMatch(/Gates of gates[\s\S]*background:var\(--layer-1\)/);
    expect(page).toContain('Dashed: the maximum, 4, 16.');
    expect(page.match(/<line class="limit"/g)).toHaveLength(2);
  });

  it('needs nothing but itself', async () => {
    const model = makeModel();
    const page = await report(await watched(model), {model, images: {x, y, shape: [4, 4]}});
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    expect(page).not.toMatch(/https?:|@import|url\(/);
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  it('names the threshold of dead units that is in use', async () => {
    const model = makeModel();
    const history = await watched(model);
    const {criterion} = callbacks.monitors();
    expect(await report(history, {criterion})).toMatch(
      /Dead: mean \|dl\/dlogit\| below 0\.1 of the layer's mean\. In the last epoch the limit was: code [\d.e-]+, gates [\d.e-]+\./,
    );
    expect(await report({loss: [1], deadUnits: [2]})).toContain(
      'Dead: mean |dl/dlogit| of a sample below a fixed threshold.',
    );
  });

  it('counts the modes of the gates', async () => {
    const model = makeModel();
    const page = await report(await watched(model, 1), {model});
    const counts = new Array<number>(16).fill(0);
    for (const row of model.getLayer('gates').getWeights()[0]!.arraySync() as number[][]) {
      counts[row.indexOf(Math.max(...row))]!++;
    }
    const shown = [...page.matchAll(/<li title="[^"]*: (\d+) of 12 gates/g)].map(([, count]) =>
      Number(count),
    );
    expect(shown).toEqual(counts);
  });

  it('shows the confusion matrix and the mistakes, from one-hot targets and from labels', async () => {
    const model = makeModel();
    const history = await watched(model, 1);
    const guesses = ((model.predict(x) as Tensor).arraySync() as number[][]).map((row) =>
      row.indexOf(Math.max(...row)),
    );
    const expected = [0, 1, 2].flatMap((label) =>
      [0, 1, 2].map((guess) => labels.filter((one, i) => one === label && guesses[i] === guess).length),
    );
    for (const targets of [y, labels]) {
      const page = await report(history, {
        model,
        images: {x, y: targets, shape: [4, 4], classNames: ['ant', 'bee', '<cat>']},
      });
      const cells = [...page.matchAll(/<td class="(?:right|wrong)"[^>]*>(\d*)<\/td>/g)];
      expect(cells.map(([, count]) => Number(count))).toEqual(expected);
      const wrong = labels.filter((label, i) => label !== guesses[i]).length;
      expect(page).toContain(`Mistakes: ${wrong} of 30 images`);
      expect(page.match(/<img /g) ?? []).toHaveLength(Math.min(24, wrong));
      expect(page).not.toContain('<cat>');
    }
  });

  it('shows images beside their reconstructions', async () => {
    const model = sequential({layers: [keras.dense({units: 16, inputShape: [16]})]});
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    const history = await model.fit(x, x, {epochs: 1, verbose: 0});
    const page = await report(history, {model, images: {x, shape: [4, 4]}});
    expect(page.match(/<img /g)).toHaveLength(2 * 14);
  });

  it('leaves gaps where values are missing or not finite, and says what they are', async () => {
    const page = await report({loss: [1, Number.NaN, 3], val_loss: [2, undefined, Infinity]});
    expect(tipOf(page, 'Loss').series.map(({values}) => values)).toEqual([
      ['1', 'NaN', '3'],
      ['2', '–', 'Infinity'],
    ]);
    expect(page).toMatch(/<path d="M[\d. ]+M[\d. ]+"/);
  });

  it('leaves no tensor behind', async () => {
    const model = makeModel();
    const history = await watched(model, 1);
    await report(history, {model, images: {x, y, shape: [4, 4]}});
    const before = memory().numTensors;
    await report(history, {model, images: {x, y, shape: [4, 4]}});
    expect(memory().numTensors).toBe(before);
  });

  it.each<[unknown, ReportArgs | object, string]>([
    [{}, {}, 'report: `history` must be what `model.fit` returns, of at least one epoch, got {}.'],
    [undefined, {}, 'report: `history` must be what `model.fit` returns'],
    [{loss: [1]}, {images: {x}}, 'report: `model` must be given where `images` are, got undefined.'],
    [{loss: [1]}, {titel: 'x'}, 'report: unknown option `titel`; did you mean `title`?'],
    [{loss: [1]}, {model: makeModel(), images: {x}}, 'report: `images.shape` must be [height, width]'],
    [
      {loss: [1]},
      {model: makeModel(), images: {x, y: [1, 2], shape: [4, 4]}},
      'report: `images.y` must be one label, or one row of a one-hot target, for each of 30 samples, got 2.',
    ],
  ])('rejects %o with %o', async (history, args, message) => {
    await expect(report(history as never, args)).rejects.toThrow(message);
  });
});

describe('callbacks.report', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'report-'));
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  it('renews the page after every epoch, with what later callbacks log, until training ends', async () => {
    const file = join(folder, 'new', 'report.html');
    const pages: string[] = [];
    const reader = {
      onBatchBegin: async (batch: number) => {
        if (batch === 0 && existsSync(file)) pages.push(readFileSync(file, 'utf8'));
      },
    };
    await makeModel().fit(x, y, {
      epochs: 3,
      verbose: 0,
      callbacks: callbacks.list([callbacks.report(file, {title: 'A run'}), callbacks.monitors(), reader]),
    });
    pages.push(readFileSync(file, 'utf8'));
    expect(pages.map((page) => tipOf(page, 'Loss').epoch)).toEqual([[1], [1, 2], [1, 2, 3]]);
    expect(pages.map((page) => page.includes('http-equiv="refresh"'))).toEqual([true, true, false]);
    for (const page of pages) expect(page).toContain('Perplexity');
  });

  it('counts the epochs of a run that continues', async () => {
    const file = join(folder, 'report.html');
    await makeModel().fit(x, y, {initialEpoch: 4, epochs: 6, verbose: 0, callbacks: callbacks.report(file)});
    expect(tipOf(readFileSync(file, 'utf8'), 'Loss').epoch).toEqual([5, 6]);
  });

  it('names a file that cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const file = join(folder, 'file', 'report.html');
    await expect(
      makeModel().fit(x, y, {epochs: 1, verbose: 0, callbacks: callbacks.report(file)}),
    ).rejects.toThrow(`Report: \`file\` must be a file that can be written`);
    expect(() => callbacks.report('')).toThrow('Report: `file` must be a path, got "".');
  });
});

describe('ticks', () => {
  it.each([
    [0, 1.78, [0, 0.5, 1, 1.5, 2]],
    [1, 16, [0, 5, 10, 15, 20]],
    [0.57, 0.97, [0.5, 0.6, 0.7, 0.8, 0.9, 1]],
    [3, 3, [3, 3.25, 3.5, 3.75, 4]],
  ])('from %d to %d are round numbers around them', (low, high, ticks) => {
    expect(niceTicks(low, high)).toEqual(ticks);
  });
});
