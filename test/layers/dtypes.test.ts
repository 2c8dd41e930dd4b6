import type {Tensor} from '@tensorflow/tfjs-core';
import {cast, type DataType, grad, memory, tensor} from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {SUBJECTS} from '../support/subjects.js';
import {numbersOf} from '../support/values.js';
import 'tfjs-discrete';

/** Zeros and ones, which every real dtype can hold. */
const bits = fc
  .integer({min: 1, max: 4})
  .chain((rows) => fc.array(fc.constantFrom(0, 1), {minLength: 6 * rows, maxLength: 6 * rows}));

const DTYPES: readonly DataType[] = ['int32', 'bool'];

describe.each(SUBJECTS)('$title', ({make, layerClass, differentiable}) => {
  const passes = (values: number[], dtype: DataType, training: boolean) => {
    const layer = make({name: 'same'});
    const x = cast(tensor(values, [values.length / 6, 6]), dtype);
    const call = (input: Tensor) => layer.apply(input, {training}) as Tensor;
    const y = call(x);
    const dy = tensor(
      Array.from({length: y.size}, (_, i) => Math.sin(i)),
      y.shape,
    );
    const results = {dtype: y.dtype, y: numbersOf(y), dx: differentiable ? numbersOf(grad(call)(x, dy)) : []};
    for (const one of [layer, x, dy]) one.dispose();
    return results;
  };

  it.each(DTYPES)('gives for %s inputs the outputs and gradients of the same numbers as float32', (dtype) => {
    fc.assert(
      fc.property(bits, fc.boolean(), (values, training) => {
        expect(passes(values, dtype, training)).toEqual(passes(values, 'float32', training));
      }),
      {numRuns: 10},
    );
  });

  it('rejects strings, and leaves no tensor behind', () => {
    const input = tensor([new Array(6).fill('a')]);
    const layer = make();
    layer.build([null, 6]);
    const before = memory().numTensors;
    expect(() => layer.call(input, {training: true})).toThrow(
      `${layerClass.className}: \`inputs\` must be of dtype float32, int32, bool, got "string".`,
    );
    expect(memory().numTensors).toBe(before);
  });
});
