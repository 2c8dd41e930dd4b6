import {type RandomKey, randomKey} from '../functional/random.js';

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
    return randomKey(this.initial, this.stream ?? 0, this.draws++);
  }

  /** A key apart from the draws, such as for a weight's start. */
  key(stream: number): RandomKey {
    return randomKey(this.initial, stream);
  }
}

/** A seed that no one chose. */
export function randomSeed(): number {
  return globalThis.crypto.getRandomValues(new Uint32Array(1))[0]!;
}
