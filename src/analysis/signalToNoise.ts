import {add, dispose, keep, type NamedTensorMap, square, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {wholeNumber} from '../functional/validate.js';

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
 * @param gradients Computes the gradients once, with new draws each time, as `lossGradients` does.
 * @param passes Default 1,024, as in the paper.
 * @see Shah et al., arXiv:2410.13331, section 5.2.1 and figure 6(a).
 */
export async function signalToNoise(gradients: () => NamedTensorMap, passes = 1024): Promise<SignalToNoise> {
  wholeNumber('signalToNoise', 'passes', passes, 2);
  const sums = new Map<string, {first: Tensor; second: Tensor}>();
  for (let pass = 0; pass < passes; pass++) {
    const drawn = gradients();
    for (const [name, gradient] of Object.entries(drawn)) {
      const former = sums.get(name);
      const [first, second] = tidy(() => {
        const squared = square(gradient);
        return former === undefined
          ? [gradient.clone(), squared]
          : [add(former.first, gradient), add(former.second, squared)];
      }) as [Tensor, Tensor];
      dispose([former?.first, former?.second].filter((tensor) => tensor !== undefined));
      sums.set(name, {first: keep(first), second: keep(second)});
    }
    dispose(drawn);
  }
  const totals = {signal: 0, noise: 0, ratios: 0, entries: 0};
  for (const {first, second} of sums.values()) {
    const [firsts, seconds] = await Promise.all([first.data(), second.data()]);
    dispose([first, second]);
    firsts.forEach((sum, i) => {
      const mean = sum / passes;
      const variance = Math.max(0, (seconds[i]! - sum * mean) / (passes - 1));
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
