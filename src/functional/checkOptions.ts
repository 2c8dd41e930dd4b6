import {invalid} from './validate.js';

/** A name is suggested where at most this share of its characters has to change. */
const LARGEST_CHANGE = 0.4;

/**
 * Rejects options that a class or function does not have, as a misspelt one would otherwise be ignored.
 *
 * @param owner Class or function to name in the error.
 * @param options What the caller passed; left out is fine.
 * @param allowed Names of all options.
 * @throws If `options` is not an object, or has a name that is not in `allowed`: the error suggests the nearest one, or
 *   lists all where none is near.
 * @example
 * checkOptions('layers.groupSum', {group: 10}, ['groups', 'temperature']);
 * // Error: layers.groupSum: unknown option `group`; did you mean `groups`?
 */
export function checkOptions(owner: string, options: unknown, allowed: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) throw invalid(owner, 'args', 'an object', options);
  for (const name of Object.keys(options)) {
    if (allowed.includes(name)) continue;
    const nearest = nearestName(name, allowed);
    const advice =
      nearest === undefined
        ? `it takes ${allowed.map((one) => `\`${one}\``).join(', ')}`
        : `did you mean \`${nearest}\`?`;
    throw new Error(`${owner}: unknown option \`${name}\`; ${advice}`);
  }
}

/** The name most like `name`, whatever the case of letters; undefined where none is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance >= least || distance > LARGEST_CHANGE * candidate.length) continue;
    nearest = candidate;
    least = distance;
  }
  return nearest;
}

/** How many characters have to be inserted, removed, replaced or swapped with their neighbour to turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({length: b.length + 1}, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
      }
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
