import {type RandomKey, randomKey} from '../functional/random.js';
import {hashText} from './hashText.js';

/** Tells the random numbers of evaluation from those of training. */
const EVALUATION = hashText('evaluation');

/**
 * A layer's random numbers: one key per pass, continued where a saved layer stopped. Evaluation has keys of its own, so
 * that validating, however often, does not change training.
 */
export class SeedStream {
  /**
   * @param initial The user's seed; it never changes.
   * @param stream What tells this layer from others with the same seed.
   * @param samples Keys handed out for training so far.
   * @param evaluationSamples Keys handed out for evaluation so far.
   */
  constructor(
    readonly initial: number,
    public stream: number | undefined,
    public samples: number,
    public evaluationSamples: number,
  ) {}

  next(): RandomKey {
    return randomKey(this.initial, this.stream ?? 0, this.samples++);
  }

  nextInEvaluation(): RandomKey {
    return randomKey(this.initial, (this.stream ?? 0) ^ EVALUATION, this.evaluationSamples++);
  }

  /** A key apart from the samples, such as for a weight's initialization. */
  key(stream: number): RandomKey {
    return randomKey(this.initial, stream);
  }
}
