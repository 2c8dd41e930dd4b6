import {add, keep, type Tensor, tidy} from '@tensorflow/tfjs-core';

/** A running sum that stays on the device, outlives tidies, and is read once an epoch. */
export class Accumulator {
  private total: Tensor | undefined;

  /** Adds `term`. */
  add(term: Tensor): void {
    this.grow((former) => (former === undefined ? term.clone() : add(former, term)));
  }

  /** Replaces the sum by the one that `next` makes of it; its intermediate tensors are disposed of. */
  grow(next: (former: Tensor | undefined) => Tensor): void {
    const former = this.total;
    this.total = tidy(() => keep(next(former)));
    former?.dispose();
  }

  /** The sum so far, or undefined when nothing was added; the accumulator is empty afterwards. */
  async take(): Promise<Float32Array | undefined> {
    const taken = this.total;
    this.total = undefined;
    if (taken === undefined) return undefined;
    const values = (await taken.data()) as Float32Array;
    taken.dispose();
    return values;
  }

  /** Drops the sum. */
  clear(): void {
    this.total?.dispose();
    this.total = undefined;
  }
}
