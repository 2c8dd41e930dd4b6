import {invalid} from '../functional/validate.js';

/** How thresholds are fitted to data. */
export const SPACINGS = ['uniform', 'quantile'] as const;
/** How thresholds are fitted when only their number is given. */
export type Spacing = (typeof SPACINGS)[number];

/**
 * Fits thresholds to data.
 *
 * `uniform`: at i / (n + 1) of the way from the smallest to the largest value. `quantile`: at the i / (n + 1)
 * quantiles, interpolated linearly between order statistics.
 *
 * @param values `[samples, features]` in row-major order; the features' numbers are pooled when `features` is 1.
 * @param count Thresholds per feature.
 * @returns `[features, count]` in row-major order.
 * @throws when a feature holds no number, or one that is not finite.
 */
export function spacedThresholds(
  owner: string,
  spacing: Spacing,
  values: ArrayLike<number>,
  count: number,
  features: number,
): Float32Array {
  const thresholds = new Float32Array(features * count);
  for (let feature = 0; feature < features; feature++) {
    const sorted = new Float64Array(Math.ceil((values.length - feature) / features));
    for (let sample = 0; sample < sorted.length; sample++)
      sorted[sample] = values[sample * features + feature]!;
    const odd = sorted.find((value) => !Number.isFinite(value));
    if (sorted.length === 0 || odd !== undefined)
      throw invalid(owner, 'data', 'finite numbers, at least one', odd ?? []);
    sorted.sort();
    for (let i = 0; i < count; i++) {
      const share = (i + 1) / (count + 1);
      thresholds[feature * count + i] =
        spacing === 'uniform' ? between(sorted[0]!, sorted.at(-1)!, share) : quantile(sorted, share);
    }
  }
  return thresholds;
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  return between(sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!, position - below);
}
