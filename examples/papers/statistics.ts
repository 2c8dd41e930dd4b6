/** A mean over runs, and how far the true mean may lie from it. */
export interface Estimate {
  readonly runs: number;
  readonly mean: number;
  /** Half the width of the 95 % confidence interval, by Student's t; NaN for a single run. */
  readonly halfWidth: number;
}

/** 97.5 % quantiles of Student's t, by degrees of freedom from 1 on. */
const QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** Mean of independent runs with its 95 % confidence interval. */
export function estimate(values: readonly number[]): Estimate {
  const runs = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / runs;
  if (runs < 2) return {runs, mean, halfWidth: Number.NaN};
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1);
  const freedom = runs - 1;
  const quantile = QUANTILES[freedom - 1] ?? 1.96 + 2.5 / freedom;
  return {runs, mean, halfWidth: quantile * Math.sqrt(variance / runs)};
}

/** Such as "12.3 ± 0.4", or "12.3" for a single run. */
export function showEstimate({mean, halfWidth}: Estimate, digits: number): string {
  const interval = Number.isNaN(halfWidth) ? '' : ` ± ${halfWidth.toFixed(digits)}`;
  return `${mean.toFixed(digits)}${interval}`;
}
