import {describe, expect, it} from 'vitest';
import {invalid} from '../../src/functional/validate.js';

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

describe('an error shows', () => {
  it.each([
    ['text', '"text"'],
    [Number.NaN, 'NaN'],
    [undefined, 'undefined'],
    [null, 'null'],
    [[1, 'a', [Number.NaN]], '[1,"a",[NaN]]'],
    [{forward: 1, backward: [2]}, '{"forward":1,"backward":[2]}'],
    [{a: Number.NaN, b: 1n}, '{"a":"NaN","b":"1"}'],
    [[{}], '[{}]'],
    [Object.create(null), '{}'],
    [{long: 'x'.repeat(1000)}, `{"long":"${'x'.repeat(91)}…`],
    [cyclic, 'a circular object'],
    [Number.isNaN, 'function isNaN'],
    [() => 1, 'a function'],
  ])('%s as %s', (value, shown) => {
    expect(invalid('Owner', 'field', 'well', value).message).toBe(
      `Owner: \`field\` must be well, got ${shown}.`,
    );
  });
});
