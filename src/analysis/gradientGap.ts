import {
  add,
  div,
  expandDims,
  grad,
  mul,
  softmax,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import {checkOptions} from '../functional/checkOptions.js';
import {resolveEstimator, ruleFor} from '../functional/estimators/index.js';
import {gumbelNoise, toRandomKey} from '../functional/random.js';
import {resolveTemperatures, TEMPERATURE_OPTIONS, type TemperatureArgs} from '../functional/temperatures.js';
import {oneOf, positive, wholeNumber} from '../functional/validate.js';
import {softmaxJacobianProduct} from '../kernels/index.js';
import {type CodeLoss, checkLogits, checkLoss} from './CodeLoss.js';

/** Arguments of `gradientGap`. */
export interface GradientGapArgs extends TemperatureArgs {
  /** Default `decoupled`, whose relaxed code is softmax(l / tf); `decoupledGumbel` relaxes l / tf + g. */
  estimator?: 'decoupled' | 'decoupledGumbel';
  /** Samples to average over. Default 1,024. */
  passes?: number;
  /** Integer: the same seed repeats the same passes. */
  seed: number;
}

/** Mean squared lengths over samples; J is the estimator's Jacobian, of `decoupledGumbel` with the noise of the sample. */
export interface GradientGap {
  /** Of J(tb)^T (df/dz at the relaxed code - df/dz at the sampled code). */
  readonly gap: number;
  /** Of J(tf)^T df/dz at the relaxed code - J(tb)^T df/dz at the sampled code. */
  readonly gapThroughRelaxation: number;
  /** Of J(tb)^T df/dz at the sampled code, the estimate itself: what makes all gradients small makes `gap` small too. */
  readonly size: number;
}

/**
 * Distance between the gradient at the relaxed code and that at the sampled code.
 *
 * The paper's gap is the squared length of dL(D(relaxed))/dl - dL(D(z))/dl. Read literally, the relaxed term passes
 * the relaxation's own Jacobian, J(tf): that is `gapThroughRelaxation`. With J(tb) for both terms, `gap` compares the
 * decoder's slopes at the two codes alone.
 *
 * @param logits Of one sample, `[groups, categories]`.
 * @throws when an argument is out of range; the forward temperature has to be > 0.
 * @see "Improving Discrete Optimisation Via Decoupled Straight-Through Gumbel-Softmax", appendix D and figure 5; Huh et
 *   al., "Straightening out the Straight-Through Estimator", ICML 2023.
 * @example
 * const target = tf.tensor([1, 0, 0, 1], [1, 2, 2]);
 * const loss = (codes: tf.Tensor) => tf.sum(tf.squaredDifference(codes, target), [1, 2]);
 * const {gap, size} = await gradientGap(loss, tf.zeros([2, 2]), {backwardTemperature: 2, passes: 64, seed: 1});
 */
export async function gradientGap(
  loss: CodeLoss,
  logits: Tensor,
  options: GradientGapArgs = {} as GradientGapArgs,
): Promise<GradientGap> {
  const owner = 'gradientGap';
  checkOptions(owner, options, ['estimator', 'passes', 'seed', ...TEMPERATURE_OPTIONS]);
  const {estimator = 'decoupled', passes = 1024, seed, ...args} = options;
  checkLoss(owner, loss);
  checkLogits(owner, logits);
  wholeNumber(owner, 'passes', passes, 1);
  oneOf(owner, 'estimator', estimator, ['decoupled', 'decoupledGumbel']);
  const rules = resolveEstimator(owner, estimator, 'categorical');
  const temperatures = resolveTemperatures(owner, rules, args);
  const forward = positive(owner, 'forwardTemperature', temperatures.forward);
  const figures = tidy(() => {
    const copies = tile(expandDims(logits, 0), [passes, 1, 1]);
    const key = toRandomKey(owner, seed);
    const rule = ruleFor(rules, 'categorical');
    const {value, residuals = []} = rule.forward(copies, temperatures, key);
    const relaxedAt =
      estimator === 'decoupled' ? copies : add(copies, mul(gumbelNoise(copies.shape, key), forward));
    const slope = grad((code: Tensor) => sum(loss(code)));
    const [relaxed, sampled] = [slope(softmax(div(relaxedAt, forward))), slope(value)];
    const passBack = (dy: Tensor) => rule.backward(dy, {logits: copies, residuals, temperatures});
    const estimate = passBack(sampled);
    const lengths = [
      passBack(sub(relaxed, sampled)),
      sub(softmaxJacobianProduct({dy: relaxed, logits: relaxedAt}, {temperature: forward}), estimate),
      estimate,
    ].map((each) => sum(square(each)));
    return div(stack(lengths), passes);
  });
  const [gap, gapThroughRelaxation, size] = (await figures.data()) as Float32Array;
  figures.dispose();
  return {gap: gap!, gapThroughRelaxation: gapThroughRelaxation!, size: size!};
}
