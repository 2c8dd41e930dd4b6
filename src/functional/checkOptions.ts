import {nearestName} from './nearestName.js';
import {invalid} from './validate.js';

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
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw invalid(owner, 'args', 'an object', options);
  for (const name of Object.keys(options)) {
    if (allowed.includes(name)) continue;
    const nearest = nearestName(name, allowed);
    const advice =
      nearest === undefined
        ? `it takes ${allowed.length === 0 ? 'none' : allowed.map((one) => `\`${one}\``).join(', ')}`
        : `did you mean \`${nearest}\`?`;
    throw new Error(`${owner}: unknown option \`${name}\`; ${advice}`);
  }
}
