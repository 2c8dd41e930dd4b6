import * as fc from 'fast-check';
import type {UnitKind} from '../../src/functional/index.js';
import {
  DecoupledCategorical,
  GroupSum,
  LogicGateLayer,
  StochasticBinary,
  StraightThroughRound,
  ThermometerEncoding,
  VectorQuantizer,
} from '../../src/layers/index.js';
import {type Args, estimatorIds, type Subject} from './subjects.js';

/** What can be generated for a layer class. */
export interface ConfigSpace {
  readonly layerClass: Subject['layerClass'];
  /** Arguments that the class takes, and the width of an input that they fit. */
  readonly valid: fc.Arbitrary<{args: Args; width: number}>;
  /** Arguments that do well, to put a bad one among. */
  readonly sound: Args;
  /** Field, a value that it must reject, and what the error says that it must be. */
  readonly bad: fc.Arbitrary<[field: string, value: unknown, requirement: string]>;
  /** Arguments that contradict an input of 6 features, and the error's field. */
  readonly misfits: readonly [Args, field: string][];
}

/** Those that float32 holds. */
const temperature = (least = 2 ** -126) =>
  fc.double({min: least, max: 1e3, noNaN: true, noDefaultInfinity: true});
const seed = fc.maxSafeInteger().map((value) => value || 0); // JSON knows no -0

/** Temperatures in every way that an estimator takes them. */
const temperatures = (estimator: string): fc.Arbitrary<Args> => {
  if (estimator.startsWith('decoupled')) {
    const forwardTemperature = fc.oneof(fc.constant(0), temperature());
    return fc.oneof(
      fc.record({forwardTemperature, backwardTemperature: temperature()}, {requiredKeys: []}),
      temperature().map((value) => ({temperature: value})),
    );
  }
  const one =
    estimator === 'identity' ? fc.constant(1) : temperature(estimator === 'reinMax' ? 1 : undefined);
  return fc.oneof(
    fc.constant({}),
    one.map((value) => ({temperature: value})),
    one.map((value) => ({forwardTemperature: value})),
    one.map((value) => ({backwardTemperature: value})),
    one.map((value) => ({temperature: value, forwardTemperature: value, backwardTemperature: value})),
  );
};

const discrete = (unit: UnitKind) =>
  fc.constantFrom(...estimatorIds(unit)).chain((estimator) =>
    fc
      .tuple(
        temperatures(estimator),
        fc.record(
          {
            seed,
            evaluation: fc.constantFrom('mode', 'sample'),
            trainable: fc.boolean(),
            samples: fc.nat(),
            evaluationSamples: fc.nat(),
          },
          {requiredKeys: []},
        ),
      )
      .map(([chosen, rest]) => ({estimator, ...chosen, ...rest}) as Args),
  );

type Bad = fc.Arbitrary<[string, unknown, string]>;
const ANYTHING_ELSE = [null, '1', true, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

function bad(field: string, requirement: string, ...values: fc.Arbitrary<unknown>[]): Bad {
  return fc.oneof(...values).map((value): [string, unknown, string] => [field, value, requirement]);
}

const oneOf = (field: string, ...choices: string[]): Bad =>
  bad(
    field,
    `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`,
    fc.string().filter((text) => !choices.includes(text)),
    fc.constantFrom(null, 0, 1, true),
  );

const notWhole = (field: string, least: number, ...also: unknown[]): Bad =>
  bad(
    field,
    `a whole number >= ${least}`,
    fc.constantFrom<unknown>(...ANYTHING_ELSE.filter((value) => value !== null), 1.5, 2 ** 53, ...also),
    fc.integer({max: least - 1}),
    fc.double().filter((value) => !Number.isSafeInteger(value)),
  );

const notPositive = (field: string): Bad =>
  bad(
    field,
    'a finite number > 0',
    fc.constantFrom<unknown>(...ANYTHING_ELSE.filter((value) => value !== null), 0, -0, -1),
    fc.double({max: 0}),
  );

const BEYOND_FLOAT32 = 'between 1.2e-38 and 3.4e38, the range of float32';
const vanishing = (field: string): Bad =>
  bad(
    field,
    BEYOND_FLOAT32,
    fc.constantFrom(1e-46, 1e39, Number.MIN_VALUE, Number.MAX_VALUE),
    fc.double({min: 0, max: 1.17e-38, minExcluded: true, noNaN: true}),
    fc.double({min: 3.41e38, noNaN: true, noDefaultInfinity: true}),
  );

const badDiscrete = (unit: UnitKind): Bad =>
  fc.oneof(
    bad(
      'forwardTemperature',
      'a finite number >= 0',
      fc.constantFrom<unknown>(...ANYTHING_ELSE, -1),
      fc.double({max: 0, maxExcluded: true}).filter((value) => !Object.is(value, -0)),
    ),
    notPositive('backwardTemperature'),
    bad('backwardTemperature', 'a finite number > 0', fc.constant(null)),
    notPositive('temperature'),
    vanishing('forwardTemperature'),
    vanishing('backwardTemperature'),
    vanishing('temperature'),
    oneOf('estimator', ...estimatorIds(unit)),
    oneOf('evaluation', 'mode', 'sample'),
    bad('seed', 'an integer', fc.constantFrom<unknown>(...ANYTHING_ELSE, 0.5, 2 ** 53)),
    notWhole('samples', 0, null),
    notWhole('evaluationSamples', 0, null),
    notWhole('draws', 0, null),
    notWhole('stream', 0),
  );

const divisors = [1, 2, 3, 6];

/** One for each layer class. */
export const CONFIG_SPACES: readonly ConfigSpace[] = [
  {
    layerClass: DecoupledCategorical,
    sound: {},
    valid: fc
      .tuple(discrete('categorical'), fc.option(fc.constantFrom(...divisors), {nil: undefined}))
      .map(([args, categories]) => ({args: categories ? {...args, categories} : args, width: 6})),
    bad: fc.oneof(badDiscrete('categorical'), notWhole('categories', 1)),
    misfits: [
      [{categories: 4}, 'categories'],
      [{categories: 7}, 'categories'],
      [{categories: 12}, 'categories'],
    ],
  },
  {
    layerClass: StochasticBinary,
    sound: {},
    valid: fc
      .tuple(discrete('binary'), fc.constantFrom({}, {values: 'zeroOne'}, {values: 'plusMinusOne'}))
      .map(([args, values]) => ({args: {...args, ...values}, width: 2})),
    bad: fc.oneof(badDiscrete('binary'), oneOf('values', 'zeroOne', 'plusMinusOne')),
    misfits: [],
  },
  {
    layerClass: LogicGateLayer,
    sound: {units: 3},
    valid: fc
      .tuple(
        discrete('gate'),
        fc.integer({min: 1, max: 12}),
        fc.record(
          {
            connections: fc.constantFrom('random', 'unique', 'balanced'),
            gateInitializer: fc.constantFrom('residual', 'randomNormal'),
            residualProbability: fc.double({min: 0.47, max: 0.9999, noNaN: true}),
            gradientFactor: temperature(),
          },
          {requiredKeys: []},
        ),
      )
      .map(([args, units, rest]) => ({args: {...args, ...rest, units}, width: 6})),
    bad: fc.oneof(
      badDiscrete('gate'),
      notWhole('units', 1, undefined, null),
      oneOf('connections', 'random', 'unique', 'balanced'),
      oneOf('gateInitializer', 'residual', 'randomNormal'),
      bad(
        'residualProbability',
        'a number between 7/15 and 1',
        fc.constantFrom<unknown>(...ANYTHING_ELSE, 0, 1, 7 / 15, -1),
        fc.double({max: 7 / 15}),
        fc.double({min: 1}),
      ),
      notPositive('gradientFactor'),
      vanishing('gradientFactor'),
    ),
    misfits: [
      [{units: 16, connections: 'unique'}, 'units'],
      [{units: 16, connections: 'balanced'}, 'units'],
    ],
  },
  {
    layerClass: GroupSum,
    sound: {groups: 2},
    valid: fc
      .tuple(fc.constantFrom(...divisors), fc.option(temperature(), {nil: undefined}))
      .map(([groups, value]) => ({args: value ? {groups, temperature: value} : {groups}, width: 6})),
    bad: fc.oneof(
      notWhole('groups', 1, undefined, null),
      notPositive('temperature'),
      vanishing('temperature'),
    ),
    misfits: [
      [{groups: 4}, 'groups'],
      [{groups: 7}, 'groups'],
    ],
  },
  {
    layerClass: ThermometerEncoding,
    sound: {thresholds: 2},
    valid: fc.record({
      width: fc.integer({min: 1, max: 4}),
      args: fc.record(
        {
          thresholds: fc.oneof(
            fc.integer({min: 1, max: 9}),
            fc
              .uniqueArray(fc.double({min: -1e6, max: 1e6, noNaN: true}), {minLength: 1, maxLength: 9})
              .map((values) => [...new Set(values.map((value) => value || 0))].sort((a, b) => a - b)),
          ),
          spacing: fc.constantFrom('uniform', 'quantile'),
          perFeature: fc.boolean(),
          adapted: fc.boolean(),
        },
        {requiredKeys: ['thresholds']},
      ),
    }),
    bad: fc.oneof(
      notWhole('thresholds', 1, undefined, null),
      bad(
        'thresholds',
        'finite numbers, rising, at least one',
        fc.constantFrom<unknown>(
          [],
          [1, 1],
          [2, 1],
          [Number.NaN],
          [0, Number.POSITIVE_INFINITY],
          ['a'],
          [null],
        ),
        fc.uniqueArray(fc.integer(), {minLength: 2}).map((values) => values.sort((a, b) => b - a)),
      ),
      oneOf('spacing', 'uniform', 'quantile'),
      bad('perFeature', 'true or false', fc.constantFrom<unknown>(null, 0, 1, 'true')),
      bad('adapted', 'true or false', fc.constantFrom<unknown>(null, 0, 1, 'true')),
    ),
    misfits: [],
  },
  {
    layerClass: StraightThroughRound,
    sound: {},
    valid: fc
      .option(fc.integer({min: 2, max: 1e6}), {nil: undefined})
      .map((levels) => ({args: levels ? {levels} : {}, width: 1})),
    bad: notWhole('levels', 2),
    misfits: [],
  },
  {
    layerClass: VectorQuantizer,
    sound: {codes: 3},
    valid: fc
      .tuple(discrete('categorical'), fc.integer({min: 1, max: 12}))
      .map(([args, codes]) => ({args: {...args, codes}, width: 6})),
    bad: fc.oneof(
      badDiscrete('categorical'),
      notWhole('codes', 1, undefined, null),
      bad('codebookInitializer', 'an initializer or the name of one', fc.constantFrom('nowhere', 'glorot')),
    ),
    misfits: [],
  },
];
