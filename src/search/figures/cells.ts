import {invalid} from '../../functional/validate.js';
import {objectiveOf} from '../definition.js';
import type {SearchResult, Statistic} from '../results.js';
import {type Configuration, lowest} from '../Strategy.js';

/** A point of a figure: a pair of temperatures, at its best learning rate or at the one asked for. */
export interface Cell extends Configuration {
  /** Of the objective; undefined if the pair failed. */
  readonly value: Statistic | undefined;
  readonly seeds: number;
}

/**
 * One cell per pair of temperatures, in the table's order.
 *
 * @throws if the search has not tried `learningRate`.
 */
export function cellsOf(
  owner: string,
  {definition, configurations}: SearchResult,
  learningRate?: number,
): Cell[] {
  const rates = ascending(configurations.flatMap((row) => row.learningRate ?? []));
  if (learningRate !== undefined && !rates.includes(learningRate)) {
    throw invalid(owner, 'learningRate', `one that was tried (${rates.join(', ') || 'none'})`, learningRate);
  }
  const {name, sign} = objectiveOf(definition);
  const groups = new Map<string, Cell[]>();
  for (const {status, metrics, seeds, ...configuration} of configurations) {
    if (learningRate !== undefined && configuration.learningRate !== learningRate) continue;
    const {forwardTemperature, backwardTemperature} = configuration;
    const key = `${forwardTemperature}/${backwardTemperature}`;
    const value = status === 'done' ? metrics[name] : undefined;
    groups.set(key, [...(groups.get(key) ?? []), {...configuration, value, seeds}]);
  }
  return [...groups.values()].map((group) => bestCell(group, sign) ?? group[0]!);
}

/** @param sign 1 if less is better, -1 if more is. */
export function bestCell(cells: readonly Cell[], sign: 1 | -1): Cell | undefined {
  return lowest(cells, ({value}) => (value === undefined ? undefined : sign * value.mean));
}

/**
 * The range of an axis or a colour scale. One diverged run would make all others look the same, so values more than three
 * interquartile ranges worse than the middle half are cut off.
 */
export function domainOf(values: readonly number[], sign: 1 | -1): {domain: [number, number]; cut: boolean} {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return {domain: [0, 1], cut: false};
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const spread = 3 * (at(0.75) - at(0.25));
  const [low, high] = [at(0), at(1)];
  const domain: [number, number] =
    spread === 0
      ? [low, high]
      : sign > 0
        ? [low, Math.min(high, at(0.75) + spread)]
        : [Math.max(low, at(0.25) - spread), high];
  return {domain, cut: domain[0] !== low || domain[1] !== high};
}

/** Enough decimals to tell the values of a range apart, and no more. */
export function formatter([low, high]: readonly [number, number]): (value: number) => string {
  const range = high - low || Math.abs(high) || 1;
  const decimals = Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(range))));
  return (value) => {
    const text = value.toFixed(decimals).replace('-', '−');
    return text.length <= 7 ? text : String(Number(value.toPrecision(4))).replace('-', '−');
  };
}

export const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
