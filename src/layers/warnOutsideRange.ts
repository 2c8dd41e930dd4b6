import {max, min, stack, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {inspectsValues} from '../functional/assertNoNaN.js';

/** Rounding may carry a sigmoid's or a sum's output so far beyond 0 and 1. */
const SLACK = 1e-3;

/** Warns in development where numbers that should lie between 0 and 1 do not; the message says what to do. */
export function warnOutsideRange(owner: string, name: string, x: Tensor): void {
  if (x.size === 0 || !inspectsValues()) return;
  const [least, greatest] = tidy(() => stack([min(x), max(x)]).dataSync()) as unknown as [number, number];
  if (least >= -SLACK && greatest <= 1 + SLACK) return;
  console.warn(
    `${owner}: \`inputs\` of layer '${name}' should lie between 0 and 1, got ${least} to ${greatest}. ` +
      'Logic gates read bits: put `layers.thermometerEncoding`, a discrete layer or a sigmoid before it.',
  );
}
