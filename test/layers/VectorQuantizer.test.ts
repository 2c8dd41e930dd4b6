import {add, grad, grads, memory, mul, reshape, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {callbacks, layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import type {VectorQuantizerArgs} from '../../src/layers/index.js';
import {centralDifference, expectFrequency, expectRows, rowsOf, softmaxOf} from '../support/expectations.js';
import {throughJson} from '../support/saving.js';
import {inputGradient, numbersOf, repeatedRow, uniformTensor} from '../support/values.js';

/** A layer with the given codebook. */
function make(codebook: number[][], args: Partial<VectorQuantizerArgs> = {}) {
  const layer = layers.vectorQuantizer({codes: codebook.length, seed: 1, ...args});
  layer.build([null, codebook[0]!.length]);
  layer.setWeights([tensor(codebook)]);
  return layer;
}

const CODEBOOK = rowsOf(uniformTensor([5, 3], -1, 1, 9).dataSync(), 3);
const distances = (x: number[]) => CODEBOOK.map((code) => code.reduce((d, e, i) => d + (x[i]! - e) ** 2, 0));

/** dL/dx and dL/dcodebook for given choices z, in float64, by the formulas of the docstring. */
function expectedGradients(x: number[][], dy: number[][], z: number[][], backward: number) {
  const dCodebook = CODEBOOK.map((code) => code.map(() => 0));
  const dx = x.map((row, n) => {
    const dz = CODEBOOK.map((code) => code.reduce((total, e, i) => total + e * dy[n]![i]!, 0));
    const p = softmaxOf(
      distances(row).map((d) => -d),
      backward,
    );
    const mean = p.reduce((total, share, k) => total + share * dz[k]!, 0);
    const dl = p.map((share, k) => (share * (dz[k]! - mean)) / backward);
    CODEBOOK.forEach((code, k) => {
      code.forEach((e, i) => {
        dCodebook[k]![i]! += z[n]![k]! * dy[n]![i]! + dl[k]! * 2 * (row[i]! - e);
      });
    });
    return row.map((value, i) => dl.reduce((total, d, k) => total - d * 2 * (value - CODEBOOK[k]![i]!), 0));
  });
  return {dx, dCodebook};
}

describe('VectorQuantizer', () => {
  const x = uniformTensor([40, 3], -1.5, 1.5, 2);
  const rows = rowsOf(x.dataSync(), 3);
  const nearest = rows.map((row) => distances(row).indexOf(Math.min(...distances(row))));

  it('evaluates to the nearest code', () => {
    const layer = make(CODEBOOK, {forwardTemperature: 3});
    expectRows(
      numbersOf(layer.apply(x) as Tensor),
      nearest.map((code) => CODEBOOK[code]!),
      1e-6,
    );
    expect(numbersOf(layer.nearestCodes(x))).toEqual(nearest);
  });

  it('samples code k with probability softmax(-|x - e|^2 / forwardTemperature)', () => {
    const count = 20_000;
    const point = [0.3, -0.2, 0.5];
    const layer = make(CODEBOOK, {forwardTemperature: 0.6, backwardTemperature: 4});
    const sampled = rowsOf(numbersOf(layer.apply(repeatedRow(point, count), {training: true}) as Tensor), 3);
    const probabilities = softmaxOf(
      distances(point).map((d) => -d),
      0.6,
    );
    CODEBOOK.forEach(([first], k) => {
      const hits = sampled.filter((row) => Math.abs(row[0]! - first!) < 1e-6).length;
      expectFrequency(hits, count, probabilities[k]!);
    });
  });

  it.each([true, false])('trains x and codebook through J(backwardTemperature), training: %s', (training) => {
    const dy = uniformTensor([40, 3], -1, 1, 4);
    const layer = make(CODEBOOK, {forwardTemperature: 2, backwardTemperature: 0.5});
    // The codes of a twin, which samples alike.
    const twin = make(CODEBOOK, {forwardTemperature: 2, backwardTemperature: 0.5, name: layer.name});
    const outputs = rowsOf(numbersOf(twin.apply(x, {training}) as Tensor), 3);
    const z = outputs.map((row) =>
      CODEBOOK.map((code) => Number(Math.hypot(...code.map((e, i) => e - row[i]!)) < 1e-5)),
    );
    const {dx, dCodebook} = expectedGradients(rows, rowsOf(dy.dataSync(), 3), z, 0.5);
    const codebook = layer.trainableWeights[0]!.read();
    const [gotX, gotCodebook] = tidy(() =>
      grads((input: Tensor, _weight: Tensor) => layer.apply(input, {training}) as Tensor)([x, codebook], dy),
    ) as [Tensor, Tensor];
    expectRows(numbersOf(gotX), dx, 1e-4, 1e-6);
    expectRows(numbersOf(gotCodebook), dCodebook, 1e-4, 1e-6);
  });

  it('gives x the gradient of the softmax mixture of codes', () => {
    const dy = uniformTensor([40, 3], -1, 1, 4);
    const layer = make(CODEBOOK, {forwardTemperature: 2, backwardTemperature: 0.5});
    const mixture = (input: Tensor) =>
      tensor(
        rowsOf(input.dataSync(), 3).map((row) => {
          const p = softmaxOf(
            distances(row).map((d) => -d),
            0.5,
          );
          return row.map((_, i) => p.reduce((total, share, k) => total + share * CODEBOOK[k]![i]!, 0));
        }),
      );
    // The mixture is rounded to float32, about 1e-7; over 2h that is 1e-5, as is h^2.
    const expected = rowsOf(centralDifference(mixture, x, dy, 5e-3), 3);
    expectRows(inputGradient(layer, x, dy, true), expected, 1e-3, 1e-4);
  });

  it('works on any rank as on rows', () => {
    const layer = make(CODEBOOK);
    const flat = numbersOf(layer.apply(x) as Tensor);
    const cube = layer.apply(reshape(x, [2, 4, 5, 3])) as Tensor;
    expect(cube.shape).toEqual([2, 4, 5, 3]);
    expect(numbersOf(cube)).toEqual(flat);
    expect(layer.nearestCodes(reshape(x, [2, 4, 5, 3])).shape).toEqual([2, 4, 5]);
  });

  it('starts from its seed, two layers of a model apart', () => {
    const start = (seed: number) => {
      const parts = [0, 1].map(() => layers.vectorQuantizer({codes: 64, seed}));
      sequential({layers: [keras.dense({units: 16, inputShape: [2]}), ...parts]});
      return parts.map((part) => numbersOf(part.getWeights()[0]!.clone()));
    };
    const [first, second] = start(0);
    expect(start(0)).toEqual([first, second]);
    expect(second).not.toEqual(first);
    expect(start(1)[0]).not.toEqual(first);
    const length = Math.hypot(...first!) / Math.sqrt(64);
    expect(length).toBeGreaterThan(0.8); // truncation at two deviations leaves 0.88
    expect(length).toBeLessThan(0.96);
  });

  it('takes an initializer, and keeps it through saving', async () => {
    const layer = layers.vectorQuantizer({codes: 3, inputShape: [2], codebookInitializer: 'ones'});
    const model = sequential({layers: [layer]});
    expect(numbersOf(layer.getWeights()[0]!)).toEqual([1, 1, 1, 1, 1, 1]);
    const loaded = (await throughJson(model)).layers[0]!;
    expect(loaded.getConfig()).toEqual(layer.getConfig());
    expect(loaded.getConfig()).toMatchObject({codebookInitializer: {className: 'Ones'}});
  });

  it('is watched like any categorical layer', async () => {
    const layer = layers.vectorQuantizer({codes: 4, name: 'codes', seed: 3});
    const model = sequential({layers: [keras.dense({units: 3, inputShape: [3]}), layer]});
    layer.setWeights([tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [50, 50, 50]])]); // biome-ignore format: a matrix
    model.compile({loss: 'meanSquaredError', optimizer: 'sgd'});
    const {history} = await model.fit(x, x, {epochs: 1, verbose: 0, callbacks: [callbacks.monitors()]});
    expect(history['deadUnits/codes']).toEqual([25]); // the far one
    expect(history['perplexity/codes']![0]).toBeGreaterThan(2);
    expect(history['perplexity/codes']![0]).toBeLessThanOrEqual(3);
  });

  it('trains a codebook of 8,192 codes', () => {
    const layer = layers.vectorQuantizer({codes: 8192, seed: 5});
    const input = uniformTensor([64, 16], -1, 1, 6);
    layer.build([null, 16]);
    const before = memory().numTensors;
    const dx = tidy(() =>
      grad((value: Tensor) => mul(add(layer.apply(value, {training: true}) as Tensor, 0), 1))(input),
    );
    expect(numbersOf(dx).some((value) => value !== 0)).toBe(true);
    expect(memory().numTensors).toBe(before);
  });
});
