import fc from 'fast-check';
import {read} from 'vega';
import {describe, expect, it} from 'vitest';
import {
  type ConfigurationRow,
  configurationsToCsv,
  fromJson,
  type SearchResult,
  toJson,
  trialsToCsv,
} from '../../src/search/index.js';

const number = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1 + 0.2),
);
const configuration = fc.record(
  {
    forwardTemperature: fc.double({min: 0, max: 9, noNaN: true}),
    backwardTemperature: fc.double({min: 0.1, max: 9, noNaN: true}),
    learningRate: fc.double({min: 1e-9, max: 1, noNaN: true}),
  },
  {requiredKeys: ['forwardTemperature', 'backwardTemperature']},
);
const status = fc.constantFrom('done', 'failed');
/** Begins as no other column does. */
const name = fc.string().map((text) => `metric ${text}`);
const row = fc
  .tuple(
    configuration,
    fc.record({status, seeds: fc.nat(9), failed: fc.nat(9)}),
    fc.dictionary(name, fc.record({mean: number, standardDeviation: number}), {noNullPrototype: true}),
  )
  .map(([where, what, metrics]) => ({...where, ...what, metrics}) as ConfigurationRow);
const trial = fc
  .tuple(
    configuration,
    fc.record({id: fc.string(), seed: fc.integer(), status, errors: fc.array(fc.string())}),
    fc.dictionary(name, number, {noNullPrototype: true}),
  )
  .map(([where, what, metrics]) => ({...where, ...what, metrics}) as SearchResult['trials'][number]);
const result: fc.Arbitrary<SearchResult> = fc.record({
  definition: fc.constant({strategy: {name: 'mine'}, seeds: [1], minimize: 'loss', settings: {}}),
  best: fc.option(row, {nil: undefined}),
  configurations: fc.array(row),
  trials: fc.array(trial),
});

describe('a result', () => {
  it('survives a round trip through JSON', () => {
    fc.assert(
      fc.property(result, (one) => {
        const text = toJson(one);
        expect(toJson(fromJson(text))).toBe(text);
        const {best, configurations, trials} = fromJson(text);
        const withoutNegativeZero = JSON.parse(
          JSON.stringify(one.trials.map(({metrics}) => Object.values(metrics).map(String))),
        );
        expect(trials.map(({metrics}) => Object.values(metrics).map(String))).toEqual(withoutNegativeZero);
        expect(best === undefined).toBe(one.best === undefined);
        expect(configurations.map(({metrics}) => Object.keys(metrics))).toEqual(
          one.configurations.map(({metrics}) => Object.keys(metrics)),
        );
      }),
    );
  });

  it('reads back from CSV to the last digit', () => {
    fc.assert(
      fc.property(result, (one) => {
        const rows = read(trialsToCsv(one), {type: 'csv'}) as unknown as Record<string, string>[];
        expect(rows).toHaveLength(one.trials.length);
        for (const [i, {forwardTemperature, learningRate, seed, errors, metrics}] of one.trials.entries()) {
          const row = rows[i]!;
          expect(Number(row.forwardTemperature)).toBe(forwardTemperature + 0);
          expect(row.learningRate).toBe(learningRate === undefined ? '' : String(learningRate));
          expect(row.seed).toBe(String(seed));
          expect(row.failedAttempts).toBe(String(errors.length));
          expect(row.lastError).toBe(errors.at(-1) ?? '');
          for (const [name, value] of Object.entries(metrics)) expect(row[name]).toBe(String(value));
        }
      }),
    );
  });

  it('has one column per metric in both tables', () => {
    const metrics = {
      loss: {mean: 0.30000000000000004, standardDeviation: 0},
      'a,b "c"': {mean: Number.NaN, standardDeviation: 1e-7},
    };
    const row = {
      forwardTemperature: 0.1,
      backwardTemperature: 0.7,
      status: 'done',
      seeds: 2,
      failed: 0,
      metrics,
    } as const;
    const definition = {strategy: {name: 'mine'}, seeds: [1], minimize: 'loss', settings: {}};
    expect(configurationsToCsv({definition, best: row, configurations: [row], trials: []})).toBe(
      'forwardTemperature,backwardTemperature,learningRate,status,seeds,failed,' +
        'loss/mean,loss/standardDeviation,"a,b ""c""/mean","a,b ""c""/standardDeviation"\n' +
        '0.1,0.7,,done,2,0,0.30000000000000004,0,NaN,1e-7\n',
    );
  });
});
