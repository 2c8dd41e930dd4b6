import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  type Configuration,
  diagonal,
  grid,
  range,
  type Strategy,
  sequential,
} from '../../src/search/index.js';
import {configurationId} from '../../src/search/Trial.js';

/** Plans until nothing new is asked for, settling one configuration at a time, picked by `pick` from those open. */
function play(strategy: Strategy, score: (id: string) => number, pick: (count: number) => number) {
  const settled = new Map<string, number>();
  for (;;) {
    const plan = strategy.plan((configuration) => settled.get(configurationId(configuration)));
    const open = plan.map(configurationId).filter((id) => !settled.has(id));
    if (open.length === 0) {
      expect(settled.size, 'tried in vain').toBeLessThanOrEqual(plan.length);
      return plan;
    }
    const id = open[pick(open.length)]!;
    settled.set(id, score(id));
  }
}

const temperatures = fc.uniqueArray(
  fc.integer({min: 1, max: 30}).map((n) => n / 10),
  {minLength: 1, maxLength: 6},
);
const rates = fc.option(fc.uniqueArray(fc.constantFrom(1e-4, 3e-4, 1e-3), {minLength: 1}), {nil: undefined});
/** Some number that belongs to a name. */
const hash = (id: string) => [...id].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 1009, 7);

describe('grid', () => {
  it('tries every combination, in the order given', () => {
    const strategy = grid({
      forwardTemperature: [0, 1],
      backwardTemperature: [2, 0.5],
      learningRate: [1e-3, 1e-4],
    });
    expect(strategy.plan(() => undefined).map(configurationId)).toEqual([
      'tf=0/tb=2/lr=0.001',
      'tf=0/tb=2/lr=0.0001',
      'tf=0/tb=0.5/lr=0.001',
      'tf=0/tb=0.5/lr=0.0001',
      'tf=1/tb=2/lr=0.001',
      'tf=1/tb=2/lr=0.0001',
      'tf=1/tb=0.5/lr=0.001',
      'tf=1/tb=0.5/lr=0.0001',
    ]);
  });

  it('omits the learning rate where none is given', () => {
    expect(grid({forwardTemperature: [1], backwardTemperature: [2]}).plan(() => undefined)).toEqual([
      {forwardTemperature: 1, backwardTemperature: 2},
    ]);
  });

  it.each([
    [
      {forwardTemperature: [], backwardTemperature: [1]},
      'grid: `forwardTemperature` must be a list of numbers, got [].',
    ],
    [
      {forwardTemperature: [-1], backwardTemperature: [1]},
      'grid: `forwardTemperature[0]` must be a finite number >= 0, got -1.',
    ],
    [
      {forwardTemperature: [1], backwardTemperature: [1, 0]},
      'grid: `backwardTemperature[1]` must be a finite number > 0, got 0.',
    ],
    [
      {forwardTemperature: [1, 1], backwardTemperature: [1]},
      'grid: `forwardTemperature` must be a list of distinct numbers, got [1,1].',
    ],
    [
      {forwardTemperature: [0, -0], backwardTemperature: [1]},
      'grid: `forwardTemperature` must be a list of distinct numbers, got [0,0].',
    ],
    [
      {forwardTemperature: [1], backwardTemperature: [1], learningRate: [0]},
      'grid: `learningRate[0]` must be a finite number > 0, got 0.',
    ],
  ])('rejects %j', (args, message) => {
    expect(() => grid(args)).toThrow(message);
  });
});

describe('sequential', () => {
  const strategy = sequential({
    forwardTemperature: [0.1, 0.5, 1],
    backwardTemperature: [0.3, 0.7, 1],
    learningRate: [1e-3, 1e-4],
  });
  const score = ({forwardTemperature: tf, backwardTemperature: tb, learningRate: lr}: Configuration) =>
    (tf - 0.5) ** 2 + (tb - 0.7) ** 2 + (lr === 1e-4 ? 0 : 1);

  it('sweeps the forward temperature first and waits for all its scores', () => {
    const first = strategy.plan(() => undefined);
    expect(first.map(({backwardTemperature}) => backwardTemperature)).toEqual([1, 1, 1, 1, 1, 1]);
    const allButOne = (configuration: Configuration) =>
      configuration.forwardTemperature === 0.1 && configuration.learningRate === 1e-3
        ? undefined
        : score(configuration);
    expect(strategy.plan(allButOne)).toEqual(first);
  });

  it('then sweeps the backward temperature at the best forward temperature, without repeating a pair', () => {
    expect(strategy.plan(score).slice(6).map(configurationId)).toEqual([
      'tf=0.5/tb=0.3/lr=0.001',
      'tf=0.5/tb=0.3/lr=0.0001',
      'tf=0.5/tb=0.7/lr=0.001',
      'tf=0.5/tb=0.7/lr=0.0001',
    ]);
  });

  it('ends after the first sweep if every trial failed', () => {
    expect(strategy.plan(() => Number.POSITIVE_INFINITY)).toHaveLength(6);
  });

  it('prefers the earlier of two equal scores', () => {
    expect(strategy.plan(() => 1).at(-1)!.forwardTemperature).toBe(0.1);
  });

  it('needs as many trials as the sum of both lists, not their product', () => {
    const long = sequential({
      forwardTemperature: range(0, 2, 0.1),
      backwardTemperature: range(0.1, 2, 0.1),
      fixedBackwardTemperature: 1,
    });
    expect(long.size).toBe(21 + 19);
    expect(long.plan(() => 0)).toHaveLength(40);
  });
});

it('diagonal ties both temperatures', () => {
  expect(diagonal({temperature: [0.5, 1]}).plan(() => undefined)).toEqual([
    {forwardTemperature: 0.5, backwardTemperature: 0.5},
    {forwardTemperature: 1, backwardTemperature: 1},
  ]);
});

describe('every strategy', () => {
  const strategies = fc.oneof(
    fc
      .record({forwardTemperature: temperatures, backwardTemperature: temperatures, learningRate: rates})
      .map(grid),
    fc
      .record({
        forwardTemperature: temperatures,
        backwardTemperature: temperatures,
        learningRate: rates,
        fixedBackwardTemperature: fc.constantFrom(1, 2),
      })
      .map(sequential),
    fc.record({temperature: temperatures, learningRate: rates}).map(diagonal),
  );

  it('ends with the same plan in whatever order trials finish', () => {
    fc.assert(
      fc.property(strategies, fc.infiniteStream(fc.nat()), (strategy, order) => {
        const picks = order[Symbol.iterator]();
        const inOrder = play(strategy, hash, () => 0);
        const atRandom = play(strategy, hash, (count) => picks.next().value % count);
        expect(atRandom).toEqual(inOrder);
      }),
    );
  });

  it('plans `size` distinct configurations and only appends to earlier plans', () => {
    fc.assert(
      fc.property(strategies, (strategy) => {
        const plan = play(strategy, hash, () => 0).map(configurationId);
        expect(plan).toHaveLength(strategy.size);
        expect(new Set(plan).size).toBe(plan.length);
        const first = strategy.plan(() => undefined).map(configurationId);
        expect(plan.slice(0, first.length)).toEqual(first);
      }),
    );
  });
});

describe('range', () => {
  it('gives decimals without rounding errors', () => {
    expect(range(0, 0.3, 0.1)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(range(0.1, 2, 0.2)).toEqual([0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.7, 1.9]);
    expect(range(1, 1, 0.5)).toEqual([1]);
  });

  it.each([
    [1, 0, 1, '`to`'],
    [0, 1, 0, '`step`'],
    [Number.NaN, 1, 1, '`from`'],
  ])('rejects %d to %d by %d', (from, to, step, field) => {
    expect(() => range(from, to, step)).toThrow(field);
  });
});
