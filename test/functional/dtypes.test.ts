import {
  cast,
  complex,
  getBackend,
  grads,
  memory,
  ones,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  decoupledCategorical,
  knownEstimators,
  logicGates,
  stochasticBinary,
  stopGradient,
  straightThroughRound,
} from '../../src/functional/index.js';
import {KERNEL_FORMS, valuesOf} from '../support/expectations.js';

/** Every public function that takes tensors, with the names of those. */
interface Subject {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly run: (inputs: Tensor[], seed: number) => Tensor;
}

const estimators = (unit: 'categorical' | 'binary' | 'gate') =>
  knownEstimators()
    .filter(({units}) => units === undefined || units.includes(unit))
    .map(({id}) => id);

const CONNECTIONS = tensor([0, 1, 2, 0, 1, 1], [3, 2], 'int32');

const SUBJECTS: Subject[] = [
  ...estimators('categorical').map((estimator) => ({
    name: `decoupledCategorical, ${estimator}`,
    inputs: ['logits'],
    run: ([logits]: Tensor[], seed: number) => decoupledCategorical(logits!, {estimator, seed}),
  })),
  ...estimators('binary').map((estimator) => ({
    name: `stochasticBinary, ${estimator}`,
    inputs: ['logits'],
    run: ([logits]: Tensor[], seed: number) => stochasticBinary(logits!, {estimator, seed}),
  })),
  ...estimators('gate').map((estimator) => ({
    name: `logicGates, ${estimator}`,
    inputs: ['x', 'gates'],
    run: ([x, gates]: Tensor[], seed: number) => logicGates(x!, gates!, CONNECTIONS, {estimator, seed}),
  })),
  {name: 'straightThroughRound', inputs: ['x'], run: ([x]) => straightThroughRound(x!)},
  {
    name: 'straightThroughRound, 3 levels',
    inputs: ['x'],
    run: ([x]) => straightThroughRound(x!, {levels: 3}),
  },
];

/** The dtypes that are rejected; the wasm backend cannot hold complex numbers. */
const UNREAL = getBackend() === 'wasm' ? (['string'] as const) : (['complex64', 'string'] as const);

/** Small whole numbers, which every dtype holds: of booleans, zeros and ones. */
const shapeOf = (input: string) => (input === 'gates' ? [3, 16] : [4, 3]);
const cases = fc.record({
  values: fc.array(fc.integer({min: 0, max: 1}), {minLength: 48, maxLength: 48}),
  dtypes: fc.tuple(fc.constantFrom('float32', 'int32', 'bool'), fc.constantFrom('float32', 'int32', 'bool')),
  seed: fc.nat(),
});

describe.each(KERNEL_FORMS)('dtypes, %s', (_, useForms) => {
  beforeAll(useForms);

  it.each(SUBJECTS)('$name: whole numbers and booleans count as float32, in both passes', ({inputs, run}) => {
    fc.assert(
      fc.property(cases, ({values, dtypes, seed}) => {
        const real = inputs.map((name) => {
          const shape = shapeOf(name);
          return tensor(values.slice(0, shape[0]! * shape[1]!), shape);
        });
        const typed = real.map((x, i) => (dtypes[i] === 'float32' ? x.clone() : cast(x, dtypes[i]!)));
        const both = [real, typed].map((given) => {
          const y = run(given, seed);
          expect(y.dtype).toBe('float32');
          const gradients = grads((...each: Tensor[]) => run(each, seed))(given, ones(y.shape));
          return [y, ...gradients].map((each) => [...valuesOf(each)]);
        });
        expect(both[1]).toEqual(both[0]);
        for (const x of [...real, ...typed]) x.dispose();
      }),
      {numRuns: 6, seed: 20_261_121},
    );
  });

  it.each(SUBJECTS)('$name: complex numbers and strings are rejected by name', ({name, inputs, run}) => {
    const [owner] = name.split(',');
    const before = memory().numTensors;
    inputs.forEach((field, i) => {
      for (const dtype of UNREAL) {
        const given = inputs.map((input) => ones(shapeOf(input)) as Tensor);
        given[i]!.dispose();
        const shape = shapeOf(field) as [number, number];
        given[i] =
          dtype === 'string'
            ? tensor(new Array<string>(shape[0] * shape[1]).fill('1'), shape)
            : tidy(() => complex(ones(shape), ones(shape)));
        expect(() => run(given, 1)).toThrow(
          `${owner}: \`${field}\` must be of dtype float32, int32, bool, got "${dtype}".`,
        );
        for (const x of given) x.dispose();
      }
    });
    expect(memory().numTensors).toBe(before);
  });

  it('logicGates takes connections of any real dtype', () => {
    const [x, gates] = [tensor([[0, 1, 1]]), ones([3, 16])];
    const expected = [...valuesOf(logicGates(x, gates, CONNECTIONS, {seed: 1}))];
    const y = logicGates(x, gates, cast(CONNECTIONS, 'float32'), {seed: 1});
    expect([...valuesOf(y)]).toEqual(expected);
    const text = tensor(['0', '1', '2', '0', '1', '1'], [3, 2]);
    expect(() => logicGates(x, gates, text, {seed: 1})).toThrow(
      'logicGates: `connections` must be of dtype float32, int32, bool, got "string".',
    );
  });

  it('stopGradient passes every dtype on', () => {
    for (const x of [tensor([1.5]), tensor([3], [1], 'int32'), tensor([true]), tensor(['text'])]) {
      const y = stopGradient(x);
      expect(y.dtype).toBe(x.dtype);
      expect([...y.dataSync()]).toEqual([...x.dataSync()]);
    }
  });
});
