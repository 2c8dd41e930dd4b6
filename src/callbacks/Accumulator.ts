import {add, keep, type Tensor, tidy} from '@tensorflow/tfjs-core';

/** A running sum that stays on the device and survives `tidy`; it is read once per epoch. */
export class Accumulator {
  private total: Tensor | undefined;

  /** Adds `term`. */
  add(term: Tensor): void {
    this.accumulate((previous) => (previous === undefined ? term.clone() : add(previous, term)));
  }

  /** Replaces the sum by `next(sum)` and disposes of the intermediate tensors. */
  accumulate(next: (previous: Tensor | undefined) => Tensor): void {
    const previous = this.total;
    this.total = tidy(() => keep(next(previous)));
    previous?.dispose();
  }

  /** Returns the sum, or undefined if nothing was added, and empties the accumulator. */
  async read(): Promise<Float32Array | undefined> {
    const total = this.total;
    this.total = undefined;
    if (total === undefined) return undefined;
    const values = (await total.data()) as Float32Array;
    total.dispose();
    return values;
  }

  /** Empties the accumulator. */
  clear(): void {
    this.total?.dispose();
    this.total = undefined;
  }
}
