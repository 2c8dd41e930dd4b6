import {tensor} from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {checkOptions} from '../../src/functional/checkOptions.js';
import * as functional from '../../src/functional/index.js';
import {nearestName} from '../../src/functional/nearestName.js';

const ALLOWED = ['units', 'forwardTemperature', 'backwardTemperature', 'seed'];

describe('checkOptions', () => {
  it.each([
    ['a missing letter', 'fowardTemperature', 'forwardTemperature'],
    ['a letter too many', 'unitss', 'units'],
    ['swapped characters', 'unist', 'units'],
    ['another letter', 'backwordTemperature', 'backwardTemperature'],
    ['snake case', 'forward_temperature', 'forwardTemperature'],
    ['upper case', 'SEED', 'seed'],
  ])('%s: suggests the name that was meant', (_, name, meant) => {
    expect(() => checkOptions('Owner', {seed: 1, [name]: 2}, ALLOWED)).toThrow(
      `Owner: unknown option \`${name}\`; did you mean \`${meant}\`?`,
    );
  });

  it('lists all names where none is near', () => {
    expect(() => checkOptions('Owner', {momentum: 0.9}, ['units', 'seed'])).toThrow(
      'Owner: unknown option `momentum`; it takes `units`, `seed`',
    );
  });

  it('rejects an unknown name even if its value is undefined', () => {
    expect(() => checkOptions('Owner', {unit: undefined}, ALLOWED)).toThrow('did you mean `units`?');
  });

  it.each([[{}], [undefined], [{units: 1, seed: undefined}]])('takes %j', (options) => {
    expect(() => checkOptions('Owner', options, ALLOWED)).not.toThrow();
  });

  it.each([
    [null, 'null'],
    [7, '7'],
    ['units', '"units"'],
  ])('rejects %j, which is not an object', (options, shown) => {
    expect(() => checkOptions('Owner', options, ALLOWED)).toThrow(
      `Owner: \`args\` must be an object, got ${shown}.`,
    );
  });
});

describe('nearestName', () => {
  it('finds any name with one letter changed, removed, added or swapped', () => {
    const edit = fc.record({
      name: fc.constantFrom(...ALLOWED),
      at: fc.nat(3),
      letter: fc.constantFrom('x', '_', 'Q'),
      kind: fc.constantFrom('change', 'remove', 'add', 'swap'),
    });
    fc.assert(
      fc.property(edit, ({name, at, letter, kind}) => {
        const [before, after] = [name.slice(0, at), name.slice(at)];
        const edited = {
          change: before + letter + after.slice(1),
          remove: before + after.slice(1),
          add: before + letter + after,
          swap: before + (after[1] ?? '') + after[0] + after.slice(2),
        }[kind];
        expect(nearestName(edited, ALLOWED)).toBe(name);
      }),
    );
  });
});

describe('a misspelt option', () => {
  const x = tensor([[0.5, 1]]);

  it.each([
    ['decoupledCategorical', () => functional.decoupledCategorical(x, {seed: 1, temprature: 2} as never)],
    ['stochasticBinary', () => functional.stochasticBinary(x, {seed: 1, temprature: 2} as never)],
    [
      'logicGates',
      () =>
        functional.logicGates(x, tensor([Array(16).fill(0)]), tensor([[0, 1]], [1, 2], 'int32'), {
          seed: 1,
          temprature: 2,
        } as never),
    ],
  ])('of %s is rejected, and `temperature` suggested', (owner, call) => {
    expect(call).toThrow(`${owner}: unknown option \`temprature\`; did you mean \`temperature\`?`);
  });

  it('of straightThroughRound and sampleConnections is rejected', () => {
    expect(() => functional.straightThroughRound(x, {level: 3} as never)).toThrow('did you mean `levels`?');
    expect(() => functional.sampleConnections({inputs: 2, unit: 1, seed: 1} as never)).toThrow(
      'did you mean `units`?',
    );
  });
});
