import {type Tensor, tensor} from '@tensorflow/tfjs-core';
import {model as functionalModel, input, layers as keras, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import {layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import type {DecoupledCategoricalArgs} from '../../src/layers/index.js';
import {expectFrequency, expectRows, rowsOf, softmaxOf} from '../support/expectations.js';
import {inputGradient, numbersOf, repeatedRow, uniformTensor} from '../support/values.js';

const make = (args: DecoupledCategoricalArgs = {}) => layers.decoupledCategorical({seed: 1, ...args});
const run = (args: DecoupledCategoricalArgs, x: Tensor, training = false) =>
  rowsOf(numbersOf(make(args).apply(x, {training}) as Tensor), args.categories ?? x.shape.at(-1)!);

/** J(t)^T dy at one group's logits, in float64. */
function jacobianProduct(logits: number[], dy: number[], temperature: number): number[] {
  const p = softmaxOf(logits, temperature);
  const mean = p.reduce((total, share, i) => total + share * dy[i]!, 0);
  return p.map((share, i) => (share * (dy[i]! - mean)) / temperature);
}

describe('DecoupledCategorical', () => {
  it('samples each group from softmax(logits / forwardTemperature), groups apart', () => {
    const rows = 20_000;
    const logits = [0, 1, 2, 1, 1, -1];
    const sampled = run(
      {categories: 3, forwardTemperature: 2, backwardTemperature: 0.3},
      repeatedRow(logits, rows),
      true,
    );
    const share = [softmaxOf([0, 1, 2], 2), softmaxOf([1, 1, -1], 2)];
    for (let first = 0; first < 3; first++) {
      expectFrequency(
        sampled.filter((group, i) => i % 2 === 0 && group[first] === 1).length,
        rows,
        share[0]![first]!,
      );
      for (let second = 0; second < 3; second++) {
        const together = sampled.filter(
          (group, i) => i % 2 === 0 && group[first] === 1 && sampled[i + 1]![second] === 1,
        );
        expectFrequency(together.length, rows, share[0]![first]! * share[1]![second]!);
      }
    }
  });

  it('gives one exact 1 a group, in training and in evaluation', () => {
    for (const training of [true, false]) {
      for (const row of run({categories: 4}, uniformTensor([5, 3, 8], -3, 3, 2), training)) {
        expect([...row].sort()).toEqual([0, 0, 0, 1]);
      }
    }
  });

  it('evaluates to the mode of each group', () => {
    const x = uniformTensor([20, 12], -3, 3, 2);
    const expected = rowsOf(x.dataSync(), 4).map((row) =>
      row.map((logit) => Number(logit === Math.max(...row))),
    );
    expect(run({categories: 4}, x)).toEqual(expected);
  });

  it('takes the whole axis for one group without `categories`', () => {
    const x = uniformTensor([50, 6], -1, 1, 2);
    const lone = (categories?: number) =>
      numbersOf(
        make({name: 'lone', ...(categories ? {categories} : {})}).apply(x, {training: true}) as Tensor,
      );
    expect(lone()).toEqual(lone(6));
    expect(lone()).not.toEqual(lone(3));
  });

  it.each([true, false])('back-propagates J(backwardTemperature) of each group, training: %s', (training) => {
    const [x, dy] = [uniformTensor([4, 6], -2, 2, 3), uniformTensor([4, 6], -1, 1, 4)];
    const dx = inputGradient(
      make({categories: 3, forwardTemperature: 5, backwardTemperature: 0.6}),
      x,
      dy,
      training,
    );
    const [logits, wanted] = [x, dy].map((each) => rowsOf(each.dataSync(), 3)) as [number[][], number[][]];
    expectRows(
      dx,
      logits.map((row, i) => jacobianProduct(row, wanted[i]!, 0.6)),
      1e-5,
    );
  });

  it('takes an axis of unknown length, and checks it when it is known', () => {
    const symbol = input({shape: [null]});
    const model = functionalModel({
      inputs: symbol,
      outputs: make({categories: 3}).apply(symbol) as SymbolicTensor,
    });
    expect((model.predict(uniformTensor([2, 9], -1, 1, 5)) as Tensor).shape).toEqual([2, 9]);
    expect(() => model.predict(uniformTensor([2, 8], -1, 1, 5))).toThrow(
      'DecoupledCategorical: `categories` must be a divisor of the last axis (8), got 3.',
    );
  });

  it('knows how many categories there are once it has seen its input', () => {
    const layer = make();
    expect(layer.categoriesPerGroup).toBe(0);
    layer.apply(uniformTensor([1, 5], -1, 1, 6));
    expect(layer.categoriesPerGroup).toBe(5);
    expect(make({categories: 3}).categoriesPerGroup).toBe(3);
  });

  it('works on each time step through timeDistributed', () => {
    const x = uniformTensor([3, 4, 6], -1, 1, 7);
    const wrapped = keras.timeDistributed({layer: make({categories: 3})});
    const plain = make({categories: 3}).apply(x) as Tensor;
    expect(numbersOf(wrapped.apply(x) as Tensor)).toEqual(numbersOf(plain));
  });

  it('rejects NaN by its class', () => {
    expect(() => run({}, tensor([[0, Number.NaN]]), true)).toThrow(
      'DecoupledCategorical: `logits` must be numbers, got NaN.',
    );
  });
});
