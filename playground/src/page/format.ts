/** Numbers as the page shows them. */

const english = new Intl.NumberFormat('en');

/** 12,345 */
export const whole = (value: number) => english.format(Math.round(value));

/** 0.903 as 90.3 % */
export const percent = (share: number, digits = 1) => `${(100 * share).toFixed(digits)} %`;

/** Three significant digits, without an exponent where it can be avoided. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return whole(value);
  if (size !== 0 && size < 0.0001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** Bytes as kB or MB. */
export const bytes = (count: number) =>
  count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(2)} MB`;
