import {Tensor} from '@tensorflow/tfjs-core';
import {nearestName} from './nearestName.js';

/** Longest plain object in an error message, in characters. */
const LONGEST = 100;

/** How a value looks in an error message: strings quoted, plain objects as JSON, others by their class, the rest as JavaScript prints it. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(show)}]`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : `function ${value.name}`;
  if (value instanceof Promise) return 'a promise (is an `await` missing?)';
  if (value instanceof Tensor) return `a tensor of shape [${value.shape}]`;
  if (isPlainObject(value)) return showPlain(value);
  const shown = String(value);
  return shown === '[object Object]' ? `a ${(value as object).constructor.name}` : shown;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function showPlain(value: object): string {
  const noJson = (part: unknown) =>
    typeof part === 'bigint' ||
    typeof part === 'function' ||
    (typeof part === 'number' && !Number.isFinite(part));
  try {
    const json = JSON.stringify(value, (_, part) => (noJson(part) ? show(part) : part));
    return json.length > LONGEST ? `${json.slice(0, LONGEST)}…` : json;
  } catch {
    return 'a circular object';
  }
}

/** Builds every validation error: owner, field, what it must be, what it is. */
export function invalid(owner: string, field: string, requirement: string, value: unknown): Error {
  return new Error(`${owner}: \`${field}\` must be ${requirement}, got ${show(value)}.`);
}

/** @throws unless `value` is a finite number > 0. */
export function positive(owner: string, field: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw invalid(owner, field, 'a finite number > 0', value);
}

/** Smallest and largest positive \`float32\` with all its digits. */
const FLOAT32_RANGE = [2 ** -126, 3.4028234663852886e38] as const;

/**
 * For a number that divides or multiplies tensors: one that \`float32\` cannot hold would become 0 or Infinity there.
 *
 * @throws unless `value` is a finite number > 0 that `float32` holds.
 */
export function positiveFloat32(owner: string, field: string, value: unknown): number {
  const number = positive(owner, field, value);
  const [least, most] = FLOAT32_RANGE;
  if (number >= least && number <= most) return number;
  throw invalid(owner, field, 'between 1.2e-38 and 3.4e38, the range of float32', value);
}

/** @throws unless `value` is a finite number >= 0. */
export function nonNegative(owner: string, field: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw invalid(owner, field, 'a finite number >= 0', value);
}

/** @throws unless `value` is a whole number of at least `least`. */
export function wholeNumber(owner: string, field: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw invalid(owner, field, `a whole number >= ${least}`, value);
}

/** @throws unless `value` is a safe integer of either sign. */
export function integer(owner: string, field: string, value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw invalid(owner, field, 'an integer', value);
}

/** @throws unless `value` is true or false. */
export function trueOrFalse(owner: string, field: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(owner, field, 'true or false', value);
}

/** @throws unless `value` is a function or left out. */
export function optionalFunction<T>(owner: string, field: string, value: T): T {
  if (value === undefined || typeof value === 'function') return value;
  throw invalid(owner, field, 'a function', value);
}

/** @throws unless `value` is one of `allowed`. */
export function oneOf<T extends string>(
  owner: string,
  field: string,
  value: unknown,
  allowed: readonly T[],
): T {
  if (allowed.includes(value as T)) return value as T;
  const meant = typeof value === 'string' ? nearestName(value, allowed) : undefined;
  const hint = meant === undefined ? '' : ` (did you mean '${meant}'?)`;
  throw invalid(owner, field, `one of ${allowed.map((one) => `'${one}'`).join(', ')}${hint}`, value);
}
