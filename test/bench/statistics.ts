/** Median and spread of several measurements. */
export interface Summary {
  readonly median: number;
  /** First and third quartile. */
  readonly low: number;
  readonly high: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** Median, quartiles and extremes. @throws If there are none. */
export function summarize(values: readonly number[]): Summary {
  return {
    median: quantile(values, 0.5),
    low: quantile(values, 0.25),
    high: quantile(values, 0.75),
    least: quantile(values, 0),
    most: quantile(values, 1),
    count: values.length,
  };
}

/** @param share 0 for the least, 1/2 for the median, 1 for the most; between two values it interpolates. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('quantile: `values` must not be empty.');
  const sorted = [...values].sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(position)]!, sorted[Math.ceil(position)]!];
  return below + (above - below) * (position - Math.floor(position));
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

/** Summary of the quotients, one per round, of two programs measured in the same rounds. */
export function ratios(numerators: readonly number[], denominators: readonly number[]): Summary {
  return summarize(numerators.map((value, i) => value / denominators[i]!));
}

/**
 * Exponent b of the power law cost = a size^b that fits best: least squares on both logarithms.
 *
 * @param sizes At least two different numbers > 0.
 */
export function fittedExponent(sizes: readonly number[], costs: readonly number[]): number {
  const [x, y] = [sizes.map(Math.log), costs.map(Math.log)];
  const [meanX, meanY] = [mean(x), mean(y)];
  const along = sum(x.map((value) => (value - meanX) ** 2));
  return sum(x.map((value, i) => (value - meanX) * (y[i]! - meanY))) / along;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
