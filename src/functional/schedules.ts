import {invalid, nonNegative, positive, wholeNumber} from './validate.js';

/** A value as a function of the epoch, counted from 0. */
export type Schedule = (epoch: number) => number;

/** `value` at every epoch. */
export function constant(value: number): Schedule {
  nonNegative('constant', 'value', value);
  return () => value;
}

/** From `from` at epoch 0 in equal steps to `to` at epoch `epochs`, and `to` from there on. */
export function linear(from: number, to: number, epochs: number): Schedule {
  ends('linear', from, to, epochs);
  return (epoch) => from + (to - from) * progress(epoch, epochs);
}

/** From `from` at epoch 0 in equal ratios to `to` at epoch `epochs`; both ends > 0. */
export function exponential(from: number, to: number, epochs: number): Schedule {
  ends('exponential', positive('exponential', 'from', from), positive('exponential', 'to', to), epochs);
  return (epoch) => from * (to / from) ** progress(epoch, epochs);
}

/** From `from` at epoch 0 along half a cosine to `to` at epoch `epochs`, and `to` from there on. */
export function cosine(from: number, to: number, epochs: number): Schedule {
  ends('cosine', from, to, epochs);
  return (epoch) => to + ((from - to) * (1 + Math.cos(Math.PI * progress(epoch, epochs)))) / 2;
}

/**
 * A staircase.
 *
 * @param values One more than boundaries: `values[i]` holds until epoch `boundaries[i]`, the last for good.
 * @param boundaries Epochs, rising, at which the next value begins.
 */
export function steps(values: readonly number[], boundaries: readonly number[]): Schedule {
  if (values.length !== boundaries.length + 1) {
    throw invalid('steps', 'values', `one longer than \`boundaries\` (${boundaries.length})`, values.length);
  }
  for (const value of values) nonNegative('steps', 'values', value);
  boundaries.forEach((boundary, i) => {
    wholeNumber('steps', 'boundaries', boundary, i === 0 ? 0 : boundaries[i - 1]! + 1);
  });
  return (epoch) => values[boundaries.filter((boundary) => epoch >= boundary).length]!;
}

function ends(owner: string, from: number, to: number, epochs: number): void {
  nonNegative(owner, 'from', from);
  nonNegative(owner, 'to', to);
  wholeNumber(owner, 'epochs', epochs, 1);
}

/** Share of the way that is behind, 0 to 1. */
function progress(epoch: number, epochs: number): number {
  return Math.min(Math.max(epoch / epochs, 0), 1);
}
