import {cast, oneHot, reshape, type Tensor, type Tensor1D, tensor1d, tidy} from '@tensorflow/tfjs-core';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid, positive, wholeNumber} from '../functional/validate.js';
import {type CodeLoss, checkLogits, checkLoss, lossesOf} from './CodeLoss.js';

/** Arguments of `exactGradient`. */
export interface ExactGradientArgs {
  /** Temperature of the distribution whose expectation is meant. Default 1. */
  forwardTemperature?: number;
  /** How many codes are put through the loss at a time. Default 4096. */
  chunk?: number;
}

/** The expectation of a loss over all codes, and its gradient. */
export interface ExactGradient {
  /** E[loss(z)], z ~ Categorical(softmax(logits / tf)) in each group. */
  readonly expectedLoss: number;
  /** dE[loss(z)]/dlogits, `[groups * categories]` in row-major order, float64. */
  readonly gradient: Float64Array;
}

/** More codes than this are not enumerated. */
const MOST_CODES = 2 ** 24;

/**
 * The exact gradient of an expected loss, by evaluating the loss of every code: 8^4 = 4,096 or 4^8 = 65,536 codes take seconds.
 *
 * dE[f]/dl_gc = (sum of P(z) f(z) over codes with z_g = c - p_gc E[f]) / tf.
 *
 * @param logits Of one sample, `[groups, categories]`.
 * @throws when there are more than 2^24 codes.
 * @see "Improving Discrete Optimisation Via Decoupled Straight-Through Gumbel-Softmax", appendix C.
 * @example
 * const target = tf.tensor([1, 0, 0, 1], [1, 2, 2]);
 * const loss = (codes: tf.Tensor) => tf.sum(tf.squaredDifference(codes, target), [1, 2]);
 * const {expectedLoss, gradient} = await exactGradient(loss, tf.zeros([2, 2]));
 */
export async function exactGradient(
  loss: CodeLoss,
  logits: Tensor,
  args: ExactGradientArgs = {},
): Promise<ExactGradient> {
  const owner = 'exactGradient';
  checkOptions(owner, args, ['forwardTemperature', 'chunk']);
  const {forwardTemperature = 1, chunk = 4096} = args;
  checkLoss(owner, loss);
  const [groups, categories] = checkLogits(owner, logits);
  positive(owner, 'forwardTemperature', forwardTemperature);
  wholeNumber(owner, 'chunk', chunk, 1);
  const codes = categories ** groups;
  if (codes > MOST_CODES) throw invalid(owner, 'logits', `of at most ${MOST_CODES} codes`, codes);

  const probs = probabilities((await logits.data()) as Float32Array, categories, forwardTemperature);
  const weighted = new Float64Array(groups * categories); // sum of P(z) f(z) where z_g = c
  const indices = new Int32Array(chunk * groups);
  for (let first = 0; first < codes; first += chunk) {
    const count = Math.min(chunk, codes - first);
    for (let n = 0; n < count; n++) writeDigits(indices, n * groups, first + n, groups, categories);
    const losses = tidy(() => {
      const flat = oneHot(tensor1d(indices.subarray(0, count * groups), 'int32') as Tensor1D, categories);
      return lossesOf(owner, loss, cast(reshape(flat, [count, groups, categories]), 'float32'));
    });
    (await losses.data()).forEach((value, n) => {
      let probability = 1;
      for (let g = 0; g < groups; g++) probability *= probs[g * categories + indices[n * groups + g]!]!;
      for (let g = 0; g < groups; g++) {
        weighted[g * categories + indices[n * groups + g]!]! += probability * value;
      }
    });
    losses.dispose();
  }
  const expectedLoss = weighted.subarray(0, categories).reduce((sum, part) => sum + part, 0);
  const gradient = weighted.map((part, index) => (part - probs[index]! * expectedLoss) / forwardTemperature);
  return {expectedLoss, gradient};
}

/** softmax(logits / temperature) of each row of `categories`, float64. */
export function probabilities(
  logits: ArrayLike<number>,
  categories: number,
  temperature: number,
): Float64Array {
  const probs = new Float64Array(logits.length);
  for (let row = 0; row < logits.length; row += categories) {
    const own = Array.from({length: categories}, (_, c) => logits[row + c]!);
    const most = Math.max(...own);
    const weights = own.map((logit) => Math.exp((logit - most) / temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let c = 0; c < categories; c++) probs[row + c] = weights[c]! / total;
  }
  return probs;
}

/** The digits of `code` in base `categories`, the last group's first to change. */
function writeDigits(out: Int32Array, at: number, code: number, groups: number, categories: number): void {
  let rest = code;
  for (let g = groups - 1; g >= 0; g--) {
    out[at + g] = rest % categories;
    rest = Math.floor(rest / categories);
  }
}
