import {add, dispose, keep, type NamedTensorMap, square, sub, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {invalid, wholeNumber} from '../functional/validate.js';

/** Signal-to-noise ratio of a gradient, two ways. */
export interface SignalToNoise {
  /** |mean| / sqrt(sum of variances), over all weights as one vector. */
  readonly overall: number;
  /** Mean over weights' entries of |mean| / standard deviation; entries that never vary are left out. */
  readonly perEntry: number;
}

/**
 * Signal-to-noise ratio |mean| / standard deviation of a gradient over independent forward and backward passes.
 *
 * @param gradients Computes the gradients once, with new samples each time, as `lossGradients` does.
 * @param passes Default 1,024, as in the paper.
 * @see Shah et al., arXiv:2410.13331, section 5.2.1 and figure 6(a).
 * @example
 * const {overall} = await signalToNoise(() => lossGradients(model, x, y), 16);
 */
export async function signalToNoise(gradients: () => NamedTensorMap, passes = 1024): Promise<SignalToNoise> {
  if (typeof gradients !== 'function') {
    throw invalid(
      'signalToNoise',
      'gradients',
      'a function that computes them, such as `() => lossGradients(model, x, y)`',
      gradients,
    );
  }
  wholeNumber('signalToNoise', 'passes', passes, 2);
  const sums = new Map<string, Deviations>();
  for (let pass = 0; pass < passes; pass++) {
    const sampled = gradients();
    for (const [name, gradient] of Object.entries(sampled)) sums.set(name, addPass(sums.get(name), gradient));
    dispose(sampled);
  }
  const totals = {signal: 0, noise: 0, ratios: 0, entries: 0};
  for (const {start, first, second} of sums.values()) {
    const [starts, firsts, seconds] = await Promise.all([start.data(), first.data(), second.data()]);
    dispose([start, first, second]);
    firsts.forEach((sum, i) => {
      const mean = starts[i]! + sum / passes;
      const variance = Math.max(0, (seconds[i]! - (sum * sum) / passes) / (passes - 1));
      totals.signal += mean * mean;
      totals.noise += variance;
      if (variance === 0) return;
      totals.ratios += Math.abs(mean) / Math.sqrt(variance);
      totals.entries++;
    });
  }
  return {
    overall: Math.sqrt(totals.signal / totals.noise),
    perEntry: totals.ratios / totals.entries,
  };
}

/** Sums of deviations from the first pass and of their squares; from 0 itself, float32 would lose small spreads. */
interface Deviations {
  readonly start: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
}

function addPass(previous: Deviations | undefined, gradient: Tensor): Deviations {
  const next = tidy(() => {
    const start = previous?.start ?? gradient.clone();
    const deviation = sub(gradient, start);
    const squared = square(deviation);
    return {
      start: keep(start),
      first: keep(previous === undefined ? deviation : add(previous.first, deviation)),
      second: keep(previous === undefined ? squared : add(previous.second, squared)),
    };
  });
  if (previous !== undefined) dispose([previous.first, previous.second]);
  return next;
}
