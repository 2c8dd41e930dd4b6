import {isDeepStrictEqual} from 'node:util';
import {integer, invalid} from '../functional/validate.js';
import type {Json, Strategy} from './Strategy.js';

/** What makes a search this one and no other. */
export interface Definition {
  /** The description of the strategy. */
  readonly strategy: Strategy['description'];
  /** The seeds that each configuration is tried with. */
  readonly seeds: readonly number[];
  /** Exactly one of `minimize` and `maximize` is there: the name of a metric. */
  readonly minimize?: string;
  /** See `minimize`. */
  readonly maximize?: string;
  /** What every trial was given. */
  readonly settings: {readonly [key: string]: Json};
}

export interface DefinitionArgs {
  readonly strategy: Strategy;
  readonly seeds?: readonly number[];
  readonly minimize?: string;
  readonly maximize?: string;
  readonly settings?: {readonly [key: string]: unknown};
}

/** @throws if a field is missing or makes no sense. */
export function define({
  strategy,
  seeds = [1],
  minimize,
  maximize,
  settings = {},
}: DefinitionArgs): Definition {
  if (typeof strategy?.plan !== 'function') throw invalid('search', 'strategy', 'a strategy', strategy);
  if (!Array.isArray(seeds) || seeds.length === 0)
    throw invalid('search', 'seeds', 'a list of integers', seeds);
  for (const [i, seed] of seeds.entries()) integer('search', `seeds[${i}]`, seed);
  if (new Set(seeds).size < seeds.length)
    throw invalid('search', 'seeds', 'a list of distinct integers', seeds);
  if (minimize === undefined && maximize === undefined) {
    throw invalid('search', 'minimize', 'the name of a metric (or pass `maximize`)', minimize);
  }
  if (minimize !== undefined && maximize !== undefined) {
    throw invalid('search', 'maximize', 'left out where `minimize` is given', maximize);
  }
  const objective = minimize ?? maximize;
  if (typeof objective !== 'string' || objective === '') {
    throw invalid(
      'search',
      minimize === undefined ? 'maximize' : 'minimize',
      'the name of a metric',
      objective,
    );
  }
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw invalid('search', 'settings', 'an object of names and values', settings);
  }
  const definition = {
    strategy: strategy.description,
    seeds,
    ...(minimize === undefined ? {maximize} : {minimize}),
    settings,
  };
  for (const field of ['strategy', 'settings'] as const) {
    const copy = JSON.parse(JSON.stringify(definition[field]));
    if (!isDeepStrictEqual(copy, definition[field])) {
      throw invalid('search', field, 'plain JSON', definition[field]);
    }
  }
  return JSON.parse(JSON.stringify(definition));
}

/** The name of the metric in question, and the sign that turns it into a score of which less is better. */
export function objectiveOf({minimize, maximize}: Definition): {name: string; sign: 1 | -1} {
  return minimize === undefined ? {name: maximize!, sign: -1} : {name: minimize, sign: 1};
}

/** What release 0.1.0 called the fields of a strategy's description. */
const RENAMED: Readonly<Record<string, string>> = {
  forward: 'forwardTemperature',
  backward: 'backwardTemperature',
  fixedBackward: 'fixedBackwardTemperature',
};

/** A definition under today's names, so that journals and results of release 0.1.0 can be read. */
export function withCurrentNames(definition: Definition): Definition {
  const {name, ...fields} = definition.strategy;
  if (name !== 'grid' && name !== 'sequential') return definition;
  const entries = Object.entries(fields).map(([field, value]) => [RENAMED[field] ?? field, value]);
  return {...definition, strategy: {name, ...Object.fromEntries(entries)}};
}

/** Where two values first differ, such as `strategy.backwardTemperature[2]`, and what is there. */
export interface Difference {
  readonly field: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** @returns undefined for equal values. */
export function difference(left: unknown, right: unknown, field = ''): Difference | undefined {
  if (isDeepStrictEqual(left, right)) return undefined;
  if (isObject(left) && isObject(right) && Array.isArray(left) === Array.isArray(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const step = Array.isArray(left) ? `${field}[${key}]` : field === '' ? key : `${field}.${key}`;
      const inner = difference(left[key], right[key], step);
      if (inner !== undefined) return inner;
    }
  }
  return {field, left, right};
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
