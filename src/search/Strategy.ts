import {checkOptions} from '../functional/checkOptions.js';
import {invalid, nonNegative, positive} from '../functional/validate.js';

/** A point of the search. */
export interface Configuration {
  /** Forward temperature, >= 0. */
  readonly forwardTemperature: number;
  /** Temperature of the backward pass, > 0. */
  readonly backwardTemperature: number;
  /** Absent where the search does not vary it. */
  readonly learningRate?: number;
}

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json};

/**
 * The score of a configuration, lower is better: the objective's mean over the seeds, negated where it is
 * maximized. Infinity after a failure or a NaN; undefined while a seed is missing.
 */
export type Score = (configuration: Configuration) => number | undefined;

/**
 * Decides which configurations are tried. A strategy has no state: its next configurations depend on the scores alone, so neither
 * the order in which trials finish nor a restart changes the result.
 */
export interface Strategy {
  /** Identifies the search; the journal's first line holds it. */
  readonly description: {readonly name: string; readonly [field: string]: Json};
  /** How many configurations there will be in all, for the progress bar. */
  readonly size: number;
  /**
   * Lists the configurations to try.
   *
   * @param score Of what has been tried so far.
   * @returns Every configuration required so far, in the order of the table, including those already tried. The search is over
   *   when all of them have a score.
   */
  plan(score: Score): readonly Configuration[];
}

const GRID_OPTIONS = ['forwardTemperature', 'backwardTemperature', 'learningRate'] as const;

/** Every forward with every backward temperature and every learning rate: O(n²). */
export interface GridArgs {
  /** Forward temperatures to try, >= 0. */
  readonly forwardTemperature: readonly number[];
  /** Backward temperatures to try, > 0. */
  readonly backwardTemperature: readonly number[];
  /** Learning rates to try. */
  readonly learningRate?: readonly number[];
}

/** As `GridArgs`, and where the first sweep holds the backward temperature. */
export interface SequentialArgs extends GridArgs {
  /** Default 1, as in the paper. */
  readonly fixedBackwardTemperature?: number;
}

/** One temperature for both passes. */
export interface DiagonalArgs {
  /** Temperatures to try, > 0. */
  readonly temperature: readonly number[];
  /** Learning rates to try. */
  readonly learningRate?: readonly number[];
}

/**
 * Tries all combinations.
 *
 * @throws unless every list holds distinct, valid numbers.
 * @see Decoupled Straight-Through, section 5.1.1: tf in {0, 0.1, …, 2} and tb in {0.1, 0.3, …}.
 * @example
 * const strategy = grid({forwardTemperature: range(0, 2, 0.1), backwardTemperature: [0.1, 0.5, 1]}); // 63 configurations
 */
export function grid(args: GridArgs = {} as GridArgs): Strategy {
  const owner = 'grid';
  checkOptions(owner, args, GRID_OPTIONS);
  const {forwardTemperature, backwardTemperature, learningRate} = args;
  const tf = values(owner, 'forwardTemperature', forwardTemperature, nonNegative);
  const tb = values(owner, 'backwardTemperature', backwardTemperature, positive);
  const rates = learningRates(owner, learningRate);
  const all = tf.flatMap((forward) => tb.flatMap((backward) => atRates(forward, backward, rates)));
  return {
    description: {name: 'grid', forwardTemperature: tf, backwardTemperature: tb, ...describeRates(rates)},
    size: all.length,
    plan: () => all,
  };
}

/**
 * The papers' sequential tuning, O(n): sweeps the forward temperature at `fixedBackwardTemperature`, then the backward
 * temperature at the best forward temperature, each step at every learning rate.
 *
 * The best of the first sweep is the configuration with the lowest score, the earlier one of two equals. If all
 * of them failed there is no second sweep.
 *
 * @throws unless every list holds distinct, valid numbers.
 * @see Decoupled Straight-Through, sections 5.1.1 and 5.1.2.
 * @example
 * const strategy = sequential({forwardTemperature: [0, 0.5, 1, 2], backwardTemperature: [0.1, 0.5, 1, 2], learningRate: [1e-3]});
 */
export function sequential(args: SequentialArgs = {} as SequentialArgs): Strategy {
  const owner = 'sequential';
  checkOptions(owner, args, [...GRID_OPTIONS, 'fixedBackwardTemperature']);
  const {forwardTemperature, backwardTemperature, learningRate, fixedBackwardTemperature = 1} = args;
  const tf = values(owner, 'forwardTemperature', forwardTemperature, nonNegative);
  const tb = values(owner, 'backwardTemperature', backwardTemperature, positive);
  const rates = learningRates(owner, learningRate);
  const fixed = positive(owner, 'fixedBackwardTemperature', fixedBackwardTemperature);
  const first = tf.flatMap((forward) => atRates(forward, fixed, rates));
  const others = tb.filter((backward) => backward !== fixed);
  return {
    description: {
      name: 'sequential',
      forwardTemperature: tf,
      backwardTemperature: tb,
      fixedBackwardTemperature: fixed,
      ...describeRates(rates),
    },
    size: first.length + others.length * rates.length,
    plan(score) {
      if (first.some((configuration) => score(configuration) === undefined)) return first;
      const best = lowest(first, score);
      if (best === undefined) return first;
      return [...first, ...others.flatMap((backward) => atRates(best.forwardTemperature, backward, rates))];
    },
  };
}

/**
 * Tunes a single temperature for both passes, as the estimators without a second one are tuned.
 *
 * @throws unless every list holds distinct, valid numbers.
 * @example
 * const strategy = diagonal({temperature: [0.3, 0.5, 0.7, 1]}); // for `softmax` and `gumbel`
 */
export function diagonal(args: DiagonalArgs = {} as DiagonalArgs): Strategy {
  const owner = 'diagonal';
  checkOptions(owner, args, ['temperature', 'learningRate']);
  const {temperature, learningRate} = args;
  const t = values(owner, 'temperature', temperature, positive);
  const rates = learningRates(owner, learningRate);
  const all = t.flatMap((both) => atRates(both, both, rates));
  return {
    description: {name: 'diagonal', temperature: t, ...describeRates(rates)},
    size: all.length,
    plan: () => all,
  };
}

/**
 * Evenly spaced decimals: `range(0, 0.3, 0.1)` is [0, 0.1, 0.2, 0.3], where adding up would give
 * 0.30000000000000004.
 *
 * @param to Included if a whole number of steps leads there.
 * @example
 * range(0, 0.3, 0.1); // [0, 0.1, 0.2, 0.3]
 */
export function range(from: number, to: number, step: number): number[] {
  if (!Number.isFinite(from)) throw invalid('range', 'from', 'a finite number', from);
  if (!(Number.isFinite(to) && to >= from)) throw invalid('range', 'to', `a finite number >= ${from}`, to);
  positive('range', 'step', step);
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  return Array.from({length: count}, (_, i) => Number((from + i * step).toPrecision(12)));
}

/** The configuration with the lowest finite score, the earlier one of two equals. */
export function lowest<T extends Configuration>(
  configurations: readonly T[],
  score: (configuration: T) => number | undefined,
): T | undefined {
  let best: T | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const configuration of configurations) {
    const value = score(configuration);
    if (value === undefined || !(value < least)) continue;
    [best, least] = [configuration, value];
  }
  return best;
}

type Check = (owner: string, field: string, value: unknown) => number;

function values(owner: string, field: string, list: unknown, check: Check): number[] {
  if (!Array.isArray(list) || list.length === 0) throw invalid(owner, field, 'a list of numbers', list);
  const checked = list.map((value, i) => check(owner, `${field}[${i}]`, value) + 0); // -0 becomes 0.
  if (new Set(checked).size < checked.length) throw invalid(owner, field, 'a list of distinct numbers', list);
  return checked;
}

/** A search that leaves the learning rate alone has one nameless rate. */
function learningRates(owner: string, list: readonly number[] | undefined): (number | undefined)[] {
  return list === undefined ? [undefined] : values(owner, 'learningRate', list, positive);
}

function describeRates(rates: readonly (number | undefined)[]): {learningRate?: number[]} {
  const numbers = rates.filter((rate) => rate !== undefined);
  return numbers.length === 0 ? {} : {learningRate: numbers};
}

function atRates(
  forwardTemperature: number,
  backwardTemperature: number,
  rates: readonly (number | undefined)[],
): Configuration[] {
  return rates.map((learningRate) => ({
    forwardTemperature,
    backwardTemperature,
    ...(learningRate === undefined ? {} : {learningRate}),
  }));
}
