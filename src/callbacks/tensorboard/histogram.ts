/** One bucket: left edge, right edge, how many values fell between. */
export type Bucket = [left: number, right: number, count: number];

/**
 * Counts the finite `values` in `buckets` intervals of equal width from their minimum to their maximum.
 *
 * Each interval holds its left edge, the last one its right edge too. Equal values make one bucket of
 * width 1 around them. NaN and the infinities lie in no interval; without a finite value there is none.
 */
export function histogram(values: ArrayLike<number>, buckets = 30): Bucket[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let finite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    finite++;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (finite === 0) return [];
  // A width that underflows to zero would divide by it: such values count as equal.
  const width = high / buckets - low / buckets;
  if (width === 0) return [[low - 0.5, high + 0.5, finite]];

  const counts = new Array<number>(buckets).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    const bucket = Math.min(buckets - 1, Math.floor(value / width - low / width));
    counts[bucket]!++;
  }
  // Weighing the ends, for `low + i * width` may overflow on the way.
  const edge = (i: number) =>
    i === 0 ? low : i === buckets ? high : low * (1 - i / buckets) + high * (i / buckets);
  return counts.map((count, i) => [edge(i), edge(i + 1), count]);
}
