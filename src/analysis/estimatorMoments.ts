import {
  div,
  expandDims,
  grad,
  mul,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import {checkOptions} from '../functional/checkOptions.js';
import {decoupledCategorical} from '../functional/decoupledCategorical.js';
import {knownEstimators, type TemperatureArgs} from '../functional/index.js';
import {TEMPERATURE_OPTIONS} from '../functional/temperatures.js';
import {integer, invalid, oneOf, positive, wholeNumber} from '../functional/validate.js';
import {type CodeLoss, checkLogits, checkLoss, lossesOf} from './CodeLoss.js';
import type {ExactGradient} from './exactGradient.js';

/** Arguments of `estimatorMoments`. */
export interface EstimatorMomentsArgs extends TemperatureArgs {
  /** Id of an estimator, or `reinforce`, the score-function estimator without a baseline. Default `decoupled`. */
  estimator?: string;
  /** Independent forward and backward passes. Default 1,024, as in the papers. */
  passes?: number;
  /** Integer: the same seed repeats the same passes. */
  seed: number;
}

/** Mean and spread of an estimator's gradient over independent samples, each `[groups * categories]`, float64. */
export interface EstimatorMoments {
  /** Mean over the passes. */
  readonly mean: Float64Array;
  /** Standard deviation over the passes (n - 1). */
  readonly standardDeviation: Float64Array;
}

/**
 * Mean and standard deviation of an estimator's gradient of one sample's loss, over many passes.
 *
 * @param logits Of one sample, `[groups, categories]`; all passes go through the loss as one batch.
 * @throws when an argument is out of range.
 * @see "Improving Discrete Optimisation Via Decoupled Straight-Through Gumbel-Softmax", appendix C; Williams, "Simple
 *   Statistical Gradient-Following Algorithms", for `reinforce`.
 * @example
 * const target = tf.tensor([1, 0, 0, 1], [1, 2, 2]);
 * const loss = (codes: tf.Tensor) => tf.sum(tf.squaredDifference(codes, target), [1, 2]);
 * const {mean} = await estimatorMoments(loss, tf.zeros([2, 2]), {temperature: 0.5, passes: 64, seed: 1});
 */
export async function estimatorMoments(
  loss: CodeLoss,
  logits: Tensor,
  args: EstimatorMomentsArgs = {} as EstimatorMomentsArgs,
): Promise<EstimatorMoments> {
  const owner = 'estimatorMoments';
  checkOptions(owner, args, ['estimator', 'passes', 'seed', ...TEMPERATURE_OPTIONS]);
  const {estimator = 'decoupled', passes = 1024, seed, ...temperatures} = args;
  checkLoss(owner, loss);
  integer(owner, 'seed', seed);
  if (estimator !== 'reinforce') checkEstimator(owner, estimator);
  const [groups, categories] = checkLogits(owner, logits);
  wholeNumber(owner, 'passes', passes, 2);
  const gradients = tidy(() => {
    const copies = tile(expandDims(logits, 0), [passes, 1, 1]);
    if (estimator === 'reinforce') return scoreFunction(loss, copies, temperatures, seed);
    const sample = (x: Tensor) => decoupledCategorical(x, {estimator, seed, ...temperatures});
    return grad((x: Tensor) => sum(lossesOf(owner, loss, sample(x))))(copies);
  });
  const values = (await gradients.data()) as Float32Array;
  gradients.dispose();
  return momentsOf(values, groups * categories);
}

/** @throws unless it is an estimator's id; `reinforce` is one here, too. */
function checkEstimator(owner: string, estimator: string): void {
  const ids = knownEstimators().flatMap(({id, units}) =>
    units === undefined || units.includes('categorical') ? id : [],
  );
  oneOf(owner, 'estimator', estimator, [...ids, 'reinforce']);
}

/** f(z) (z - p) / tf: the gradient of log P(z), weighted by the loss. */
function scoreFunction(loss: CodeLoss, logits: Tensor, temperatures: TemperatureArgs, seed: number): Tensor {
  const {temperature, forwardTemperature = temperature ?? 1} = temperatures;
  positive('estimatorMoments', 'forwardTemperature', forwardTemperature);
  const z = decoupledCategorical(logits, {forwardTemperature, seed});
  const score = div(sub(z, softmax(div(logits, forwardTemperature))), forwardTemperature);
  return mul(reshape(lossesOf('estimatorMoments', loss, z), [-1, 1, 1]), score);
}

/** Mean and standard deviation of each column of `[passes, width]`. */
function momentsOf(values: ArrayLike<number>, width: number): EstimatorMoments {
  const passes = values.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width]! += values[i]! / passes;
  const variance = new Float64Array(width);
  for (let i = 0; i < values.length; i++) {
    variance[i % width]! += (values[i]! - mean[i % width]!) ** 2 / (passes - 1);
  }
  return {mean, standardDeviation: variance.map(Math.sqrt)};
}

/** How far an estimator is off, as a share of the true gradient's norm, and how noisy it is. */
export interface BiasVariance {
  /** |exact - mean| / |exact|. */
  readonly relativeBias: number;
  /** sqrt(sum of variances), in the gradient's own unit: what the paper calls variance. */
  readonly deviation: number;
  /** deviation / |exact|. */
  readonly relativeDeviation: number;
  /** deviation / |mean|: the noise of one estimate beside the signal that the estimator itself has. */
  readonly noiseToSignal: number;
  /** Cosine of the angle between the mean and the exact gradient. */
  readonly cosine: number;
}

/**
 * Compares an estimator's moments with the exact gradient.
 *
 * The paper divides the bias by the exact gradient and leaves the standard deviation as it is. Its quotient
 * can be read per entry; here norms are divided, so that entries near 0 do not dominate. After n passes the measured bias includes a
 * Monte Carlo error of about deviation / sqrt(n), even for an unbiased estimator.
 *
 * @see "Improving Discrete Optimisation Via Decoupled Straight-Through Gumbel-Softmax", appendix C and figure 6.
 * @example
 * const target = tf.tensor([1, 0, 0, 1], [1, 2, 2]);
 * const loss = (codes: tf.Tensor) => tf.sum(tf.squaredDifference(codes, target), [1, 2]);
 * const exact = await exactGradient(loss, tf.zeros([2, 2]));
 * const moments = await estimatorMoments(loss, tf.zeros([2, 2]), {passes: 64, seed: 1});
 * const {relativeBias, cosine} = biasVariance(exact, moments);
 */
export function biasVariance(exact: ExactGradient, moments: EstimatorMoments): BiasVariance {
  const {gradient} = exact ?? {};
  const {mean, standardDeviation} = moments ?? {};
  if (!(gradient instanceof Float64Array)) {
    throw invalid('biasVariance', 'exact', 'what `await exactGradient(...)` returns', exact);
  }
  if (mean?.length !== gradient.length || standardDeviation?.length !== gradient.length) {
    const requirement = `moments of ${gradient.length} logits, as \`await estimatorMoments(...)\` returns them`;
    throw invalid('biasVariance', 'moments', requirement, mean?.length ?? moments);
  }
  const size = norm(gradient);
  const deviation = norm(standardDeviation);
  const inner = gradient.reduce((total, value, i) => total + value * mean[i]!, 0);
  return {
    relativeBias: norm(gradient.map((value, i) => value - mean[i]!)) / size,
    deviation,
    relativeDeviation: deviation / size,
    noiseToSignal: deviation / norm(mean),
    cosine: inner / (size * norm(mean)),
  };
}

/** Euclidean length. */
export function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((total, value) => total + value * value, 0));
}
