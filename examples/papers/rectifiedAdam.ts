import {AdamOptimizer} from '@tensorflow/tfjs-core';

type Gradients = Parameters<AdamOptimizer['applyGradients']>[0];

/**
 * RAdam: Adam whose rate is held back until its second moments can be relied on. In the first five steps, where RAdam steps
 * by momentum alone, weights stay and only moments gather.
 *
 * @see Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", arXiv:1908.03265, algorithm 2.
 */
export class RectifiedAdam extends AdamOptimizer {
  private steps = 0;

  constructor(private readonly fullRate: number) {
    super(fullRate, 0.9, 0.999, 1e-8);
  }

  override applyGradients(gradients: Gradients): void {
    this.steps++;
    this.learningRate = this.fullRate * rectification(this.steps, this.beta2);
    super.applyGradients(gradients);
  }
}

/** r of step t, from 0 to 1. */
function rectification(t: number, beta2: number): number {
  const longest = 2 / (1 - beta2) - 1;
  const length = longest - (2 * t * beta2 ** t) / (1 - beta2 ** t);
  if (length <= 5) return 0;
  const share = (n: number) => ((n - 4) * (n - 2)) / n;
  return Math.sqrt(share(length) / share(longest));
}
