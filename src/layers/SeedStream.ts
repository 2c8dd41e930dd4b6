import type {RandomKey} from '../functional/index.js';

/** A layer's random numbers: one key a draw, continued where a saved layer stopped. */
export class SeedStream {
  /**
   * @param initial The user's seed; it never moves.
   * @param stream What tells this layer from others with the same seed.
   * @param draws Draws made so far.
   */
  constructor(
    readonly initial: number,
    public stream: number | undefined,
    public draws: number,
  ) {}

  next(): RandomKey {
    return this.key(this.stream ?? 0, this.draws++);
  }

  /** A key apart from the draws, such as for a weight's start. All bits of the seed count. */
  key(stream: number, step = 0): RandomKey {
    const high = Math.floor(this.initial / 2 ** 32);
    return {seed: this.initial >>> 0, stream: (stream ^ Math.imul(high, 0x9e3779b1)) >>> 0, step};
  }
}

/** A seed that no one chose. */
export function randomSeed(): number {
  return globalThis.crypto.getRandomValues(new Uint32Array(1))[0]!;
}
